"""docs/errors.md: every error that a person can meet, as the code has it, by the situation that one is in.

error_sites.py reads the messages and the hints from the code; errors.yaml says where each one stands on the page, what
it means, and what to do where the code does not say so. What checks find is listed by error_findings.py without rows.
`python tests/docs/errors_page.py` tells what the code and the table lack of each other.
"""

import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import error_examples
import error_findings
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
        "machine.said: {}",
        "agents.builtin.drawn: {}: {}",
        "agents.builtin.findings: {}",
        "agents.builtin.product_listing.listing: {}",
        "agents.builtin.reading: {}: {}",
        "agents.builtin.release_notes.record: {}",
        "agents.callable: {}",
        "agents.callable: {}…",
        "agents.command.backend: {}",
        "agents.command.backend: {} {}",
        "agents.command.changes: {}",
        "agents.command.changes: {}: {}",
        "agents.command.claude: {}",
        "agents.command.ending: {}",
        "agents.model.backend: {}",
        "agents.model.backend: {}{}",
        "agents.model.translate: {} ({}); {}",
        "agents.model.translate: {}; {}",
        "cli.doctor: {}",
        "content.json_schema: {} {}",
        "content.structured: {}",
        "content.structured: {} {}",
        "cli.edit: '{}' {}",
        "documents.foreign_findings: {}",
        "documents.foreign_findings: {}…",
        "documents.gate_files: {}",
        "documents.lint_conditions: {}: {}",
        "documents.models: {}",
        "documents.models: {}: {}",
        "documents.pipelines: {}",
        "documents.problems: {}",
        "documents.reviewers: {}",
        "documents.reviewers: {}: {}",
        "documents.words: {}",
        "documents.yaml: {}",
        "engine.approving: {}",
        "engine.effects: {}",
        "engine.effects: {}: {}",
        "engine.folder: '{}' {}",
        "engine.lint: {}",
        "engine.prompting: {}",
        "gates.checks.citations: {}",
        "gates.checks.command: {} {}[: {}]",
        "gates.checks.contrast: {}",
        "gates.checks.csv: {}",
        "gates.checks.front_matter: {}",
        "gates.checks.html: {}",
        "gates.checks.image: {}",
        "gates.checks.links: {}",
        "gates.checks.links: {}: {}",
        "gates.checks.markdown: {}",
        "gates.checks.personal_data: {}",
        "gates.checks.plain_text: {}",
        "gates.checks.rendered: {}",
        "gates.checks.schema: {}",
        "gates.checks.secrets: {}",
        "gates.checks.svg: {}",
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
        "model.rubric: '{}' {}",
        "model.rubric: {}",
        "outside.links: {}",
        "publishers.proposal: {}",
        "routing.choice: {}",
    }
)
"""Texts that are another's as a whole, by module and template, where that other's words are rows of the page."""
FOREIGN: Mapping[str, str] = {
    "agents.command.complaints: {}": (
        "What a program that plays a role says of its own failure, as `API Error: 529 overloaded`. Behind `could not do"
        " it`, or behind its exit code."
    ),
    "agents.command.gemini: {}": (
        "What Gemini CLI says of its own failure, as `Please set an Auth method`. Behind `could not do it`: mend what"
        " it names, then `orchestrator retry`."
    ),
    "agents.model.translate: {}: {}": (
        "A model's name, and what came from its address that is no stream of events, as `<html>`: `base_url` leads to"
        " something else, or a gateway answers in place of the provider. It is tried again."
    ),
    "agents.model.translate: {}: {}: {}": ("The same, with the beginning of what came."),
    "cli.failing: {}{}": (
        "What the command line's parser says of an option or an argument, as `no such option: --al`. The hint"
        " is the command's `--help`. `usage`, exit 2."
    ),
    "cli.failing: {}": (
        "What the operating system refuses, as `no space left on device`, with the file as its place. What "
        "was committed before stands; mend the cause and run it again. `workspace`, exit 1."
    ),
    "content.html_tree: {}": (
        "A finding of the check `html`: the word for a mistake of the markup that only a newer release of the HTML"
        " library knows. The suggestion is to mend it: browsers guess, and not all alike."
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
    "gates.reviewing: {}": (
        "A finding, or a check that cannot run: what a reviewer wrote into its file, or what is wrong with "
        "that file, in the words above."
    ),
    "machine.orders: {}": ("What the person wrote who rejected, as `reject -m` gave it."),
    "prompts: {}": (
        "In a prompt, in Jinja2's words: a slip in the syntax, as `Expected an expression, got 'end of "
        "statement block'`, or a value that does not fit, as `unsupported operand`. The line is the "
        "template's. `document`, exit 1."
    ),
}
"""Texts that come from outside, and so are no rows: the words for them."""

UNHEARD = frozenset(
    {
        "agents.command.ending: was did not end by itself",
        "content.color: a colour has at most four parts",
        "content.color: alpha is a number",
        "engine.weigh: another job has reserved meanwhile: the call {why}",
        "engine.weigh: {job} has moved while its call waited",
        "gates.checks.command: {run} was did not end[: {tail}]",
    }
)
"""Texts that no person reads: who calls says it in other words, or no call comes to it."""
KEYED = frozenset({"documents.foreign_findings"})
"""Modules that put the key before each message where there is one; the rows have none."""

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
    words: Mapping[str, str]
    """Of the section that has all findings: message → what to do, where the code suggests nothing."""
    has_findings: bool


@cache
def bare(template: str) -> str:
    """Return a template without the names of its values and without its numbers: a variable or a limit may change."""
    return _VALUE.sub("{}", template)


@cache
def sections() -> tuple[Section, ...]:
    """Return what errors.yaml says."""
    found = YAML(typ="safe").load(TABLE.read_text())
    return tuple(map(_section_of, found))


def _section_of(said: Mapping[str, Any]) -> Section:
    words = {text: each["do"] for each in said.get("findings", ()) for text in each["of"]}
    return Section(said["title"], said["about"], tuple(rows(said.get("errors", {}))), words, "findings" in said)


def rows(said: Mapping[str, object]) -> Iterator[Row]:
    for key, words in said.items():
        room, _, text = key.rpartition(" | ") if re.match(r"[a-z_.]+ \| ", key) else ("", "", key)
        match words:
            case str(means):
                yield Row(text, room or None, means, "")
            case {**both} if both.keys() <= {"means", "do"}:
                yield Row(text, room or None, str(both.get("means", "")), str(both.get("do", "")))
            case None:
                yield Row(text, room or None, "", "")
            case _:
                raise ValueError(f"{TABLE.name}: words with a comma stand in quotes: {words}")


@cache
def _told() -> tuple[Site, ...]:
    return tuple(_reader().sites())


@cache
def _reader() -> Reader:
    return Reader()


@cache
def sites() -> tuple[Site, ...]:
    """Return what the code says, relays and findings left out."""
    return tuple(site for site in _heard() if not error_findings.is_finding(site))


@cache
def findings() -> tuple[error_findings.Group, ...]:
    """Return what the checks say of what they judge."""
    told = (site for site in _heard() if error_findings.is_finding(site))
    return tuple(error_findings.groups(_reader().modules, told))


@cache
def _heard() -> tuple[Site, ...]:
    found = (site for site in _told() if not site.is_relay and f"{site.module}: {site.message}" not in UNHEARD)
    return tuple(dict.fromkeys(_without_key(site) if site.module in KEYED else site for site in found))


def _without_key(site: Site) -> Site:
    return replace(site, message=site.message.removeprefix("{keys}: "))


@cache
def _by_key() -> Mapping[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in sites():
        found.setdefault(bare(site.message), []).append(site)
    return found


@cache
def _rows_by_key() -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in (row for section in sections() for row in section.rows):
        found.setdefault(row.key, []).append(row)
    return found


@cache
def relays() -> frozenset[str]:
    """Return the texts that are others' as a whole: module and bare template."""
    told = (_without_key(site) if site.module in KEYED else site for site in _told())
    return frozenset(f"{site.module}: {bare(site.message)}" for site in told if site.is_relay)


def sites_of(row: Row) -> list[Site]:
    """Return where the code says the words of a row."""
    alike = _by_key().get(row.key, [])
    if row.room is None and len(alike) == 1:
        return alike
    taken = {other.room for other in _rows_by_key()[row.key] if other.room}
    return [site for site in alike if (site.module == row.room if row.room else site.module not in taken)]


def shortcomings() -> Iterator[str]:
    """Yield what the code and the page lack of each other: one line for each."""
    rows = [row for section in sections() for row in section.rows]
    known = {row.key for row in rows}
    for site in sites():
        if bare(site.message) not in known:
            yield f"not in {TABLE.name}: {site.module}:{site.line}: {site.message}"
    for row in rows:
        yield from _shortcomings_of(row)
    yield from _shortcomings_of_findings()
    known_relays = RELAYS | FOREIGN.keys()
    yield from (f"neither in RELAYS nor in FOREIGN: {relay}" for relay in sorted(relays() - known_relays))
    yield from (f"gone from the code: {relay}" for relay in sorted(known_relays - relays()))


def _shortcomings_of_findings() -> Iterator[str]:
    words = {message: do for section in sections() for message, do in section.words.items()}
    yield from error_findings.faults(findings(), words)
    unused = UNHEARD - {f"{site.module}: {site.message}" for site in _told()}
    yield from (f"gone from the code: {text}" for text in sorted(unused))


def _shortcomings_of(row: Row) -> Iterator[str]:
    if sum(other.room == row.room for other in _rows_by_key()[row.key]) > 1:
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
    rows = [*head, *map(_row, section.rows)] if section.rows else []
    found = [_group(group, section.words) for group in findings()] if section.has_findings else []
    table = "\n".join(rows)
    return "\n\n".join(part for part in (f"## {section.title}", _wrapped(section.about), table, *found) if part)


def _group(group: error_findings.Group, words: Mapping[str, str]) -> str:
    head = [f"### {group.title}", "", "| what it finds | what to do |", "|---|---|"]
    rows = (
        f"| {'<br>'.join(_cell(_code(message)) for message in each.messages)} | {_cell(_suggested(each))} |"
        for each in group.advice(words)
    )
    return "\n".join([*head, *rows])


def _suggested(advice: error_findings.Advice) -> str:
    """Return a suggestion of the code's as code, each of its forms; else the page's words."""
    said = advice.words or ""
    if advice.is_said:
        return ", or ".join(map(_code, dict.fromkeys(said.split(" · or: "))))
    return _ended(said[:1].upper() + said[1:])


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
    if site.module == "documents.foreign_findings":
        return "part of a message"
    if site.module in ("outside.scratch", "outside.seen"):
        return "the step could not be done"
    if site.kind in _FINDINGS or site.module in ("content.color", "content.json_text"):
        return "a finding"
    if site.kind in _LINT or site.module == "documents.reviewers":
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
    "Refused": "part of a message",
    "Broken": "the attempt could not be made, or failed",
    "_Broken": "a failed attempt",
    "Complaint": "the attempt could not be made, or failed",
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
    "SchemaFault": "the check is an error",
    "self._stop": "part of a message",
    "_Refused": "part of a message",
    "Answered": "part of a message",
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
