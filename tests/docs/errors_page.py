"""docs/errors.md: every error that a person can meet, as the code has it, by the situation that one is in.

error_sites.py reads the messages and the hints from the code; errors.yaml says where each one stands on the page, what
it means, and what to do where the code does not say so. `python tests/docs/errors_page.py` tells what the two lack.
"""

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import error_examples
from error_sites import Reader, Site
from pages import DOCS, rewrite
from ruamel.yaml import YAML

from orchestrator import errors
from orchestrator.cli.root import root

PAGE = DOCS / "errors.md"
TABLE = Path(__file__).with_name("errors.yaml")
SAID = "said"
"""What `do` says where the message itself tells what to do."""

RELAYS = frozenset(
    {
        "agents.builtin: {}",
        "agents.builtin.drawn: {}: {}",
        "agents.builtin.findings: {}",
        "agents.builtin.product_listing.listing: {}",
        "agents.builtin.reading: {}: {}",
        "agents.builtin.release_notes.record: {}",
        "cli.doctor: {}",
        "cli.edit: '{}' {}",
        "documents.models: {}",
        "documents.models: {}: {}",
        "documents.pipelines: {}",
        "documents.problems: {}",
        "documents.words: {}",
        "documents.yaml: {}",
        "engine.approving: {}",
        "engine.effects: {}",
        "engine.effects: {}: {}",
        "engine.lint: {}",
        "engine.perform: {}",
        "gates.checks.contrast: {}",
        "gates.checks.front_matter: {}",
        "gates.checks.rendered: {}",
        "gates.checks.review_file: {}",
        "gates.checks.text_fits: {}",
        "gates.reading: '{}' {}",
        "ledger.doctor: {}",
        "ledger.foreign: {}",
        "machine.answers: {}",
        "machine.approve: {}",
        "machine.attempts: {}",
        "machine.effects: {}",
        "machine.work: {}",
        "model.pipeline: '{}' {}",
    }
)
"""Texts that are another's as a whole, by module and template, where that other's words are rows of the page."""
FOREIGN: Mapping[str, str] = {
    "cli.failing: {}{}": (
        "What the command line's parser says of an option or an argument, as `no such option: --al`. The hint"
        " is the command's `--help`. `usage`, exit 2."
    ),
    "cli.failing: {}": (
        "What the operating system refuses, as `no space left on device`, with the file as its place. What "
        "was committed before stands; mend the cause and run it again. `workspace`, exit 1."
    ),
    "documents.expressions: {}": (
        "In a condition: what Jinja2 says of a word that it does not understand, as `unexpected char '&'`. "
        "The hint names all that is allowed. `document`, exit 1."
    ),
    "documents.lint_pipeline: {}: {}": (
        "Behind a key of a gate: what the check says of its own settings; the built-in ones say it in the "
        "words above. `document`, exit 1."
    ),
    "documents.words: {}{}": (
        "Behind a key: what the library that checks the values says, where we have no words of our own for "
        "it. `document`, exit 1."
    ),
    "gates.checks.findings: {}": (
        "A finding, or a check that cannot run: what a reviewer wrote into its file, or what is wrong with "
        "that file, in the words above."
    ),
    "gates.checks.front_matter: '{}' {}": (
        "A finding: a key of the front matter, and how it differs from what the gate wants. The suggestion "
        "says what would pass."
    ),
    "gates.checks.image: {}": ("A finding: the picture's size or type, and what the gate wants."),
    "machine.orders: {}": ("What the person wrote who rejected, as `reject -m` gave it."),
    "prompts: {}": (
        "In a prompt, in Jinja2's words: a slip in the syntax, as `Expected an expression, got 'end of "
        "statement block'`, or a value that does not fit, as `unsupported operand`. The line is the "
        "template's. `document`, exit 1."
    ),
}
"""Texts that come from outside, and so are no rows: the words for them."""

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_VALUE = re.compile(r"\{[^{}]*\}|\d[\d,]*")
_LINT = frozenset({"problem", "Said", "ExpressionError", "ValueError", "Unfit", "_Mistake", "SecurityError"})
_FINDINGS = frozenset({"Finding", "DrawingError", "NotAPicture"})
_MUST_HINT = frozenset({"problem", "ExpressionError", "_Mistake", "Await", "Halt", "Remark"})
_NOTHING_TO_DO = frozenset({"Level.INFO", "Waits.LOCK", "Waits.TIME"})


@dataclass(frozen=True)
class Row:
    """One error of the page. `room`: the module whose text it is, where others say the same words."""

    said: str
    room: str | None
    means: str
    do: str

    @property
    def key(self) -> str:
        """Return the message with its placeholders bare."""
        return bare(self.said)


@dataclass(frozen=True)
class Section:
    """A situation that a person is in."""

    title: str
    about: str
    rows: tuple[Row, ...]


def bare(template: str) -> str:
    """Return a template without the names of its values and without its numbers: a variable or a limit may change."""
    return _VALUE.sub("{}", template)


@cache
def sections() -> tuple[Section, ...]:
    """Return what errors.yaml says."""
    found = YAML(typ="safe").load(TABLE.read_text())
    return tuple(Section(each["title"], each["about"], tuple(_rows(each["errors"]))) for each in found)


def _rows(said: Mapping[str, object]) -> Iterator[Row]:
    for key, words in said.items():
        room, _, text = key.rpartition(" | ") if re.match(r"[a-z_.]+ \| ", key) else ("", "", key)
        match words:
            case str(means):
                yield Row(text, room or None, means, "")
            case {**both}:
                yield Row(text, room or None, str(both.get("means", "")), str(both.get("do", "")))
            case _:
                yield Row(text, room or None, "", "")


@cache
def _told() -> tuple[Site, ...]:
    return tuple(Reader().sites())


@cache
def sites() -> tuple[Site, ...]:
    """Return what the code says, relays left out."""
    return tuple(site for site in _told() if not site.is_relay)


@cache
def _by_key() -> Mapping[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in sites():
        found.setdefault(bare(site.message), []).append(site)
    return found


@cache
def relays() -> frozenset[str]:
    """Return the texts that are others' as a whole: module and bare template."""
    return frozenset(f"{site.module}: {bare(site.message)}" for site in _told() if site.is_relay)


def sites_of(row: Row) -> list[Site]:
    """Return where the code says the words of a row."""
    alike = _by_key().get(row.key, [])
    if row.room is None and len(alike) == 1:
        return alike
    rows = [other for section in sections() for other in section.rows if other.key == row.key]
    taken = {other.room for other in rows if other.room}
    return [site for site in alike if (site.module == row.room if row.room else site.module not in taken)]


def shortcomings() -> Iterator[str]:
    """Yield what the code and the page lack of each other: one line for each."""
    rows = [row for section in sections() for row in section.rows]
    known = {row.key for row in rows}
    for site in sites():
        if bare(site.message) not in known:
            yield f"not in {TABLE.name}: {site.module}:{site.line}: {site.message}"
    for row in rows:
        yield from _shortcomings_of(row, rows)
    known_relays = RELAYS | FOREIGN.keys()
    yield from (f"neither in RELAYS nor in FOREIGN: {relay}" for relay in sorted(relays() - known_relays))
    yield from (f"gone from the code: {relay}" for relay in sorted(known_relays - relays()))


def _shortcomings_of(row: Row, rows: list[Row]) -> Iterator[str]:
    if sum((other.key, other.room) == (row.key, row.room) for other in rows) > 1:
        yield f"twice in {TABLE.name}: {row.said}"
    found = sites_of(row)
    if not found:
        yield f"gone from the code: {row.said}"
    for site in found:
        if not (site.hint or row.do == SAID or _needs_none(site) or (row.do and not _must_hint(site))):
            yield f"tells nobody what to do: {site.module}:{site.line}: {site.message}"


def _needs_none(site: Site) -> bool:
    return site.sort in _NOTHING_TO_DO


def _must_hint(site: Site) -> bool:
    """Say whether the hint must be the code's: it is printed, and nobody reads this page first."""
    return site.kind in _MUST_HINT or hasattr(errors, site.kind)


# --- the page --------------------------------------------------------------------------------------------------------


def written(page: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Return the page with all that is made from the code, and with examples that are run in an empty `folder`."""
    for name, block in error_examples.record(folder, environ).items():
        page = rewrite(page, name, block)
    page = rewrite(page, "exit codes", exit_codes())
    return rewrite(page, "the errors", "\n\n".join([*map(_section, sections()), _others()]))


def exit_codes() -> str:
    """Return the table of exit codes, as `orchestrator --help` tells them."""
    epilog = " ".join((root.epilog or "").split()).removeprefix("Exit codes: ").rstrip(".")
    told = [part.split(" ", 1) for part in epilog.split(", ")]
    rows = [f"| {code} | {words} | {_codes(code)} |" for code, words in told]
    return "\n".join(["| exit code | meaning | `code` in --json |", "|---|---|---|", *rows])


def kinds() -> Mapping[str, type[errors.OrchestratorError]]:
    """Return name → class of the errors that are raised."""
    found = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    return {
        name: kind
        for name, kind in found.items()
        if issubclass(kind, errors.OrchestratorError) and kind is not errors.OrchestratorError
    }


def _codes(exit_code: str) -> str:
    return ", ".join(f"`{kind.code}`" for kind in kinds().values() if str(kind.exit_code) == exit_code)


def _section(section: Section) -> str:
    head = ["| what you read | what it means, what to do | how it ends | from |", "|---|---|---|---|"]
    return "\n".join([f"## {section.title}", "", _wrapped(section.about), "", *head, *map(_row, section.rows)])


def _row(row: Row) -> str:
    found = sites_of(row)
    ends = dict.fromkeys(_end(site) for site in found)
    rooms = dict.fromkeys(site.module for site in found)
    cells = [_code(_message(row, found[0])), _advice(row, found), "; ".join(ends), ", ".join(rooms)]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _advice(row: Row, found: list[Site]) -> str:
    said = row.do if row.do != SAID else ""
    hints = dict.fromkeys(hint for site in found if site.hint for hint in _renamed(site, row).split(" · or: "))
    do = f"**Do:** {_ended(said)}" if said else f"**hint:** {', or '.join(map(_code, hints))}" if hints else ""
    advice = " ".join(part for part in (_ended(row.means), do) if part)
    return advice or ("It merely informs." if all(map(_needs_none, found)) else "The message says it.")


def _message(row: Row, site: Site) -> str:
    """Return what is read: the table's names for values, and the code's numbers."""
    ours = iter(_VALUE.findall(site.message))
    return _VALUE.sub(lambda found: found[0] if (here := next(ours)).startswith("{") else here, row.said)


def _renamed(site: Site, row: Row) -> str:
    """Return the hint with the names that the page gives to what stands in the message."""
    names = dict(zip(_VALUE.findall(site.message), _VALUE.findall(row.said), strict=True))
    return _PLACEHOLDER.sub(lambda found: names.get(found[0], found[0]), site.hint or "")


def _end(site: Site) -> str:
    """Return how a call ends that says so: the `code` of --json or what becomes of the job, and the exit code."""
    if hasattr(errors, site.kind):
        kind = getattr(errors, site.kind)
        return f"`{kind.code}`, {kind.exit_code}"
    if site.kind in _FINDINGS or (site.kind == "ValueError" and site.module.startswith("content")):
        return "a finding"
    if site.kind in _LINT:
        return "a bug, 70" if site.module == "trailers" else "`document`, 1"
    return _ENDS.get(site.sort) or _ENDS[site.kind]


_ENDS: Mapping[str, str] = {
    "Waits.LOCK": "waits, 5",
    "Waits.TIME": "waits, 5",
    "Await": "waits, 3",
    "Stop.BUDGET": "halts, 6",
    "Stop.UNKNOWN": "halts, 7",
    "Halt": "halts, 4",
    "Escalate": "halts, 4",
    "Refused": "halts, 4 or 6",
    "Unclear": "halts, 7",
    "NotSent": "halts, 4",
    "Standing": "`refused`, 1; waits, 3",
    "click.UsageError": "`usage`, 2",
    "Level.INFO": "remark",
    "Level.WARNING": "warning",
    "Level.ERROR": "`doctor` ends with 1",
    "Remark": "`doctor` ends with 1",
    "CannotWork": "the step could not be done",
    "Fault": "the step could not be done",
    "CannotRun": "the check is an error",
    "phrase": "part of a message",
}


def _others() -> str:
    points = "\n".join(
        textwrap.fill(words, 118, initial_indent="- ", subsequent_indent="  ") for words in FOREIGN.values()
    )
    about = "Some texts are not ours, and so no row holds them:"
    return f"## Words of others\n\n{about}\n\n{points}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def _ended(sentence: str) -> str:
    return sentence if not sentence or sentence.endswith((".", "?", "!")) else f"{sentence}."


def _code(text: str) -> str:
    text = text.replace("http://", "")  # the one address in a message is the name of a format, and leads nowhere
    fence = "``" if "`" in text else "`"
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


if __name__ == "__main__":
    lacking = list(shortcomings())
    sys.stdout.write("".join(f"{line}\n" for line in lacking) or "nothing is missing\n")
    sys.exit(bool(lacking))
