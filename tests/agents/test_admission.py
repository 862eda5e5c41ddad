import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.agents.admission import LARGEST_FILE, Admitted, admit
from orchestrator.model.patterns import matches

ANYTHING = ("**", "/**")


def refused(path: str, content: bytes = b"text\n", writes: tuple[str, ...] = ANYTHING) -> str | None:
    result = admit({path: content}, writes, matches)
    assert len(result.files) + len(result.refused) == 1
    return result.refused[0].message if result.refused else None


def test_what_the_step_writes_is_let_through_to_the_byte() -> None:
    files = {"listing.md": "# Mug · 350 ml\r\n".encode(), "design.png": b"\x89PNG\r\n\x00\xff", "src/a.bin": b"\x00"}
    assert admit(files, ("listing.md", "*.png", "src/"), matches) == Admitted(files)


def test_another_path_is_refused_and_the_rest_let_through() -> None:
    result = admit({"listing.md": b"a", "other.md": b"b"}, ("listing.md",), matches)
    assert result.files == {"listing.md": b"a"}
    (finding,) = result.refused
    assert (finding.severity, finding.check, finding.file) == ("critical", "admission", "other.md")
    assert finding.message == "other.md: the step writes listing.md, not this"


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".GIT/hooks/post-commit", "a/.Git/x", "git~1/config", "GIT~1", "GI7EBA~1/x", ".gitattributes",
        ".gitmodules", "sub/.gitignore", ".github/workflows/x.yml", ".gitlab-ci.yml", ".ｇｉｔ/config",
        ".mcp.json", "CLAUDE.md", "claude.MD", "docs/AGENTS.md", ".claude/settings.json", ".Claude/agents/x.md",
        ".cursor/rules", ".vscode/tasks.json", "conftest.py", "tests/conftest.py", "x.pth", ".envrc", ".env",
        "GEMINI.md", ".npmrc", ".pre-commit-config.yaml", "sitecustomize.py",
        "state.yaml", "STATE.yaml", "pipeline.yaml", "job.yaml", "jobs/x/state.yaml", "approvals/approve.yaml",
        "Approvals/x", "/orchestrator.yaml", "/jobs/mug/approvals/a.yaml",
    ],
)  # fmt: skip
def test_what_steers_a_program_or_the_job_is_never_an_artifact(path: str) -> None:
    message = refused(path)
    assert message is not None
    assert "never an artifact" in message or "no agent writes it" in message


@pytest.mark.parametrize(
    "path",
    [".g\u200bit/config", "CLAUDE\u200d.md", "a\u202etxt.md", "li\ufeffsting.md", "x\u2028.md", "s\u00adtate.yaml"],
)
def test_a_character_that_nobody_sees_is_refused_and_not_repeated(path: str) -> None:
    (finding,) = admit({path: b"x"}, ANYTHING, matches).refused
    assert finding.message.endswith("the path has a character that nobody sees")
    assert finding.message.isascii()
    assert finding.file is None


@pytest.mark.parametrize(
    "path", ["../x", "a/../x", "a//b", "", "/", "a\\b", "c:\\x", "a\nb", "a\x1b[2Jb", "NUL", "aux.md", "a. ", "a/"]
)
def test_a_path_that_is_no_plain_path_is_refused(path: str) -> None:
    message = refused(path)
    assert message is not None
    assert "the path" in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("one", "other"),
    [("a.md", "A.md"), ("caf\u00e9.md", "cafe\u0301.md"), ("stra\u00dfe.md", "STRASSE.md"), ("x/a.md", "X/a.md")],
)
def test_two_paths_that_some_file_system_takes_for_one_are_both_refused(one: str, other: str) -> None:
    result = admit({one: b"1", other: b"2", "b.md": b"3"}, ANYTHING, matches)
    assert result.files == {"b.md": b"3"}
    assert {finding.message.split(": ")[1] for finding in result.refused} == {
        "another file has the same path but for case or accents"
    }


def test_a_file_cannot_be_a_folder_too() -> None:
    result = admit({"a": b"1", "a/b.md": b"2"}, ANYTHING, matches)
    assert [finding.message for finding in result.refused] == ["a: it is a file and a folder at once"]


@pytest.mark.parametrize(
    ("path", "content", "rule"),
    [
        ("a.md", b"", "the file is empty"),
        ("a.png", b"", "the file is empty"),
        ("a.md", b" \n\t\n", "the file is empty"),
        ("a.md", b"x\x00", "a text file may have no NUL byte"),
        ("a.SVG", b"\n\n\xff", "a text file must be UTF-8; line 3 is not"),
        ("a.bin", b"x" * (LARGEST_FILE + 1), "the file has more than 5 MB"),
    ],
)
def test_content_that_is_not_what_it_should_be_is_refused(path: str, content: bytes, rule: str) -> None:
    assert refused(path, content) == f"{path}: {rule}"


def test_a_step_that_is_too_large_is_refused_whole() -> None:
    files = {f"{number}.bin": b"x" * 4_900_000 for number in range(11)}
    result = admit(files, ANYTHING, matches)
    assert (dict(result.files), len(result.refused)) == ({}, 11)


SECRETS = {
    "a private key": "-----BEGIN OPENSSH " + "PRIVATE KEY-----",
    "an AWS access key id": "AKIA" + "IOSFODNN7EXAMPLE"[:16],
    "a GitHub token": "ghp_" + "a1B2" * 9,
    "a GitLab token": "glpat-" + "a1B2_" * 4,
    "an Anthropic API key": "sk-ant-" + "api03-" + "a1B2" * 8,
    "an OpenAI API key": "sk-proj-" + "a1B2" * 12,
    "a Google API key": "AIza" + "a1B2c" * 7,
    "a Slack token": "xoxb-" + "123456789-abcdef",
    "a Stripe key": "sk_live_" + "a1B2" * 6,
    "an npm token": "npm_" + "a1B2" * 9,
    "a JSON web token": "eyJ" + "hbGciOiJIUzI1" + ".eyJ" + "zdWIiOiIxMjM0" + "." + "a1B2" * 8,
    "a password in an address": "postgres://app:" + "hunter2x" + "@db.example/app",
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_refused_by_its_form_and_never_repeated(name: str) -> None:
    message = refused("notes.md", f"the key is {SECRETS[name]} you know\n".encode())
    assert message == f"notes.md: it holds what looks like {name}; take the secret out, and revoke it"


@pytest.mark.parametrize("text", ["sk-ip ahead", "task-list-of-the-day", "https://example.com/a:b@c", "AKIA is a word"])
def test_prose_is_no_secret(text: str) -> None:
    assert refused("notes.md", text.encode()) is None


@given(st.dictionaries(st.text(max_size=40), st.binary(max_size=40), max_size=6))
@settings(max_examples=150, deadline=None)
def test_every_file_is_either_let_through_or_refused(files: dict[str, bytes]) -> None:
    result = admit(files, ANYTHING, matches)
    assert len(result.files) + len(result.refused) == len(files)
    assert all(files[path] == content for path, content in result.files.items())
    assert all(finding.message.isprintable() for finding in result.refused)
