"""The rules by which hostile names are refused, and what must hold of the ledger after an attack."""

import subprocess

from siege import Siege, git

from orchestrator import trailers
from orchestrator.model.names import shown

GIT = "what begins with .git steers git or a forge, and is never an artifact"
OBEYED = "other programs take it for their configuration, so it is never an artifact"
OURS = "it belongs to the orchestrator or to people, and no agent writes it"
UNSEEN = "the path has a character that nobody sees"
CONTROL = "the path must have no control character, backslash or colon"
DEVICE = "the path has a part that some systems take for a device"
ENDING = "the path has a part that ends in a space or a dot, which some systems drop"
LONG = "the path has more than 1,000 bytes, or a part of it more than 255"
TWIN = "another file has the same path but for case or accents"

UNWRITTEN = ("draft did not write text.md", "the step wrote no file to judge")

IN_ITS_OWN_FOLDER = {
    **dict.fromkeys(
        (
            *(".git/hooks/post-commit", ".GIT/config", ".Git/x", "git~1/config", "GIT~2/x", ".ｇｉｔ/config"),
            *(".gitattributes", ".GitAttributes", ".gitmodules", ".gitignore", ".github/workflows/x.yml", ".GITHUB/x"),
        ),
        GIT,
    ),
    **dict.fromkeys(
        (
            *(".claude/settings.json", ".Claude/agents/x.md", ".mcp.json", "CLAUDE.md", "claude.MD", "AGENTS.md"),
            *("conftest.py", "ConfTest.py", "x.pth", "X.PTH", ".envrc", ".EnvRC", "CLAUDE.md.d/AGENTS.md/x"),
        ),
        OBEYED,
    ),
    **dict.fromkeys(
        ("approvals/draft.yaml", "state.yaml", "STATE.yaml", "pipeline.yaml", "job.yaml", "job.yaml.d/job.yaml/x"), OURS
    ),
    **dict.fromkeys(
        (".g\u200bit/config", "a\u202etxt.md", "a\u061c.md", "a\x9b2J.md", "a\x85.md", "a\u2028.md", "a\u3164.md"),
        UNSEEN,
    ),
    **dict.fromkeys(("line\nbreak.md", "a\rb.md", "esc\x1b[2J.md", "back\\slash.md", "co:lon.md"), CONTROL),
    "NUL.md": DEVICE,
    "end .": ENDING,
    "/".join(["x" * 200] * 6): LONG,
    **dict.fromkeys(("caf\u00e9.md", "cafe\u0301.md", "twin.md", "Twin.md"), TWIN),
}


def said_of(path: str, rule: str) -> str:
    """Return how a finding words it: a path that is not plain is shown, not told."""
    is_plain = path.isprintable() and len(path) <= 200 and rule not in (UNSEEN, CONTROL, DEVICE, ENDING)
    return f"{path if is_plain else shown(ascii(path)[1:-1])}: {rule}"


def check_refused(siege: Siege, expected: list[str], files: list[str]) -> None:
    """Fail unless the attempt is in the ledger as refused, for these reasons, and left these files alone."""
    record = siege.record()
    assert sorted(finding.message for finding in record.findings) == sorted(expected)
    assert {finding.severity for finding in record.findings} == {"critical"}
    assert (record.outcome, siege.trailer("Outcome"), siege.trailer("Agent")) == ("refused", "refused", "writer")
    assert siege.files() == files
    siege.check_nothing_else_changed()


OUR_TRAILERS = (
    *("Job", "Seq", "Step", "Attempt", "Outcome", "Agent", "Backend", "Model", "Tokens-In", "Tokens-Out", "Cost-USD"),
    *("Cost-Basis", "Spend-USD", "Trouble"),
    *("Duration-Ms", "Inputs-Tree", "Outputs-Tree", "Prompt-Digest", "Judged-Tree", "Gate-Digest", "Base", "Actor"),
    *("Status", "Waiting-For", "Next", "Reviews", "Settings", "Approved", "Receipts"),
)


def check_no_trailer_is_forged(siege: Siege) -> None:
    """Fail unless each message has our trailers and no other, each once, for git as for us."""
    entries = git(siege.folder, "log", "-z", "--format=%B%x1d%(trailers)", "main..job/j").split("\0")
    for message, _, by_git in (entry.partition("\x1d") for entry in filter(None, entries)):
        pairs = [(key, value) for key, _, value in (line.partition(": ") for line in by_git.strip().split("\n"))]
        assert [key for key, _ in pairs if key not in OUR_TRAILERS] == []
        assert (dict(pairs), len(dict(pairs))) == (dict(trailers.parse(message)), len(pairs))
        assert "eve" not in by_git
        assert not any(character in message for character in "\r\u2028\x0b\x0c\x85\x1b")
    ran = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=message.encode(), capture_output=True, check=True
    )
    assert ran.stdout.decode().strip() == by_git.strip()
