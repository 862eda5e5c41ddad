"""Aider (`aider --message-file`): a terminal's text, with a line of tokens and cost after each answer.

Its figures are rounded: `Tokens: 1.2k sent, 300 received. Cost: $0.0123 message, $0.02 session.`
"""

import re
from collections.abc import Iterator

from orchestrator.agents.command.complaints import complaint
from orchestrator.agents.command.output import Printed, amount, count, total
from orchestrator.agents.command.places import place
from orchestrator.agents.command.profile import Complaint, Heard, Option, Profile
from orchestrator.agents.interface import Request
from orchestrator.model.patterns import is_literal, matches_any

_NUMBER = r"(\d{1,9}(?:\.\d{1,3})?)(k?)"
_TOKENS = re.compile(
    rf"^Tokens: {_NUMBER} sent(?:, {_NUMBER} cache write)?(?:, {_NUMBER} cache hit)?, {_NUMBER} received", re.MULTILINE
)
_COST = re.compile(r"\$\d{1,9}(?:\.\d{1,9})? message, \$(\d{1,9}(?:\.\d{1,9})?) session")
_LENGTH = re.compile(r"^Model .{1,200} has hit a token limit!", re.MULTILINE)
_ERROR = re.compile(r"^(?:litellm\.\w+: .*|The API provider .*|Retrying in [\d.]+ seconds.*)$", re.MULTILINE)


def _read(printed: Printed) -> Heard:
    text = printed.stdout.decode("utf-8", "replace").replace("\r", "\n")
    lines = [match.groups() for match in _TOKENS.finditer(text)]
    sent, write, hit, received = (total(*(_tokens(line, at) for line in lines)) for at in (0, 2, 4, 6))
    costs = _COST.findall(text)
    return Heard(
        text=text,
        tokens_in=sent,
        tokens_out=received,
        cache_read=hit or 0,
        cache_write=write or 0,
        cost_usd=amount(float(costs[-1])) if costs else None,
        complaint=_complaint(text, printed.now),
    )


def _tokens(line: tuple[str | None, ...], at: int) -> int | None:
    number, thousands = line[at], line[at + 1]
    return count(round(float(number) * (1000 if thousands else 1))) if number else None


def _complaint(text: str, now: int | None) -> Complaint | None:
    """It exits 0 whatever its provider answered. An answer after the last error was a try that went well."""
    errors = list(_ERROR.finditer(text))
    if errors and not _TOKENS.search(text, errors[-1].end()):
        return complaint(" ".join(match[0] for match in errors[-3:]), now)
    return Complaint("stopped at its limit of tokens") if _LENGTH.search(text) else None


def _files(request: Request) -> Iterator[str]:
    """It changes only files that it is given by name; the others it may read."""
    written = [path for path in request.writes if is_literal(path)]
    read = [path for path in request.files if not matches_any(request.writes, path)]
    kept = [path for path in request.files if path not in written and path not in read]
    yield from (f"--file={place(path)}" for path in (*written, *kept))
    yield from (f"--read={place(path)}" for path in read)


AIDER = Profile(
    name="aider",
    plays="Aider",
    install="pip install aider-chat",
    options=(
        Option(("--message-file", "--message", "--msg", "-m", "-f"), "/dev/stdin"),
        Option(("--yes-always", "--yes")),
        Option(("--no-git", "--git")),
        Option(("--no-pretty", "--pretty")),
        Option(("--no-stream", "--stream")),
        Option(("--no-check-update", "--check-update")),
        Option(("--no-detect-urls", "--detect-urls")),
        Option(("--no-suggest-shell-commands", "--suggest-shell-commands")),
        Option(("--no-show-model-warnings", "--show-model-warnings")),
        Option(("--no-show-release-notes", "--show-release-notes")),
        Option(("--map-tokens",), "0"),
    ),
    model=("--model",),
    has_slashes=True,
    providers={"google": "gemini"},
    adds=_files,
    environ={"AIDER_ANALYTICS": "false"},
    leaves=(".aider*", ".aider.tags.cache.v*/", "**/.aider*"),
    read=_read,
    figures="tokens (rounded), cost",
)
