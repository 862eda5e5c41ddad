"""docs/errors.md holds every error and every finding of the code, in the code's words, and each says what to do."""

import os
import re
from pathlib import Path

import error_examples
import error_findings
import errors_page
import pytest
from error_sites import Reader, Site

from orchestrator.cli import failing, reference
from orchestrator.cli.root import root
from orchestrator.gates.registry import BUILT_IN

RAISING = """\
from orchestrator.errors import RefusedError

LIMIT = 2 * 500
_WORDS = {"a": "an apple", "b": "a pear"}


def _refused(why: str) -> RefusedError:
    return RefusedError(f"no: {why}", hint="ask again")


def stop(job: str, count: int, kind: str) -> None:
    late = f", and {count} are late" if count else ""
    if count > LIMIT:
        raise RefusedError(f"{job} has more than {LIMIT:,} steps{late}")
    if fault := _fault(job):
        raise RefusedError(fault, hint=f"try {job!r} again")
    if count == 1:
        raise _refused(f"{job} is one")
    raise _refused(_WORDS[kind])


def _fault(job: str) -> str | None:
    if job.startswith("-"):
        return f"{job} begins with a dash"
    return "it is hollow" if not job else None
"""
FINDING = """\
from collections.abc import Callable, Iterator, Mapping

from orchestrator.content.tables import Mistake

_WORDS = {"todo": ("is left to be done", "do it"), "lorem": ("fills space", "write the text")}
Words = tuple[str, str]


def from_a_generator(head):
    for key, message, suggestion in _faults(head):
        yield _finding(f"{key!r} {message}", suggestion)


def from_two_generators(head):
    for message in (*_sizes(head), *_colours(head)):
        yield Finding(message=message)


def from_a_table(settings, rule, head):
    message, suggestion = _WORDS[rule]
    yield settings.finding(rule, f"{rule!r} {message}", head, 1, suggestion)


def from_a_table_of_functions(head):
    message, suggestion = _SAID.get(head, _other)(head)
    yield Mistake("schema", 1, message, suggestion)


def from_branches(head):
    wanted = suggestion = None
    if len(head) < 2:
        wanted, suggestion = "at least 2", "write more"
    elif len(head) > 9:
        wanted, suggestion = "at most 9", "shorten it"
    yield Finding(message=f"{len(head)} keys; {wanted} are wanted", suggestion=suggestion)


def _finding(message: str, suggestion: str):
    return Finding(message=message, suggestion=suggestion)


def _faults(head) -> Iterator[tuple[str, str, str]]:
    for key in head:
        yield key, "is missing", "add it"
    yield from _others(head)


def _others(head) -> Iterator[tuple[str, str, str]]:
    yield head[0], "is not wanted", "take it out"


def _sizes(head) -> Iterator[str]:
    yield f"it is {head} wide"


def _colours(head) -> Iterator[str]:
    yield "it has no colour"


def _other(head: object) -> Words:
    return "does not fit", "see the schema"


_SAID: Mapping[str, Callable[[object], Words]] = {"type": _other}
"""
TABLES = """\
class Mistake: ...


def mistakes():
    yield Mistake("rows", None, "more than 500 rows", "split the table")
"""


def test_every_error_of_the_code_stands_on_the_page_and_says_what_to_do() -> None:
    assert list(errors_page.shortcomings()) == []


def test_the_page_is_what_the_code_and_real_calls_say(tmp_path: Path) -> None:
    page = errors_page.PAGE.read_text()
    assert errors_page.written(page, tmp_path, os.environ) == page  # noqa: TID251  the hermetic one


def test_no_row_leaves_the_reader_without_a_word() -> None:
    rows = re.findall(
        r"^\| (.+?) (?<!\\)\| (.*?) (?<!\\)\| (.+?) \| (.+?) \|$", errors_page.PAGE.read_text(), re.MULTILINE
    )
    assert len(rows) > 500
    assert [said for said, advice, _, _ in rows if not advice] == []


def test_every_check_has_its_findings_on_the_page_with_what_to_do() -> None:
    told = {check for group in errors_page.findings() for check in group.checks if group.sites}
    assert set(BUILT_IN) - told == set()
    page = errors_page.PAGE.read_text().partition("\n## What checks find\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.+`) (?<!\\)\| (.*) \|$", page, re.MULTILINE)
    assert len(rows) > 150
    assert [said for said, advice in rows if not advice] == []
    own = set(re.findall(r"^### \[(\w+)\]", page, re.MULTILINE))
    # A callable says what it likes, a reviewer what stands in its review; `schema` shares words, `image` has tables.
    assert set(BUILT_IN) - own == {"callable", "image", "reviewer", "review_file", "schema"} - own


def test_a_finding_that_says_nobody_what_to_do_is_found_and_so_is_a_needless_word() -> None:
    silent = Site("gates.checks.words", 7, "Finding", "{count} words are too few", None)
    told = Site("gates.checks.words", 9, "Finding", "the text is empty", "write it")
    group = error_findings.Group(("words",), (silent, told))
    assert list(error_findings.faults([group], {"the text is empty": "fill it"})) == [
        "suggests nothing, and has no word under findings: gates.checks.words:7: {count} words are too few",
        "no such finding, or it suggests something itself: the text is empty",
    ]
    assert list(error_findings.faults([group], {"{number} word is too few": "write more"})) == []
    assert group.advice({"{number} word is too few": "write more"}) == [
        error_findings.Advice("write more", False, ("{count} words are too few",)),
        error_findings.Advice("write it", True, ("the text is empty",)),
    ]


def test_of_a_finding_in_singular_and_plural_the_plural_stands_on_the_page() -> None:
    forms = [
        Site("gates.checks.words", line, "Finding", said, "write more")
        for line, said in enumerate(("{more} place is bare", "{more} places are bare", "{ErrorString}{…} stand here"))
    ]
    assert error_findings.Group(("words",), tuple(forms)).advice({}) == [
        error_findings.Advice("write more", True, ("{more} places are bare", "{reason}{…} stand here")),
    ]


def test_words_of_a_row_that_yaml_cut_at_a_comma_are_refused() -> None:
    with pytest.raises(ValueError, match="words with a comma stand in quotes"):
        list(errors_page.rows({"it is gone": {"do": "write it", "or leave it": None}}))


def test_every_example_is_told_at_a_line_and_with_a_hint() -> None:
    page = errors_page.PAGE.read_text()
    for example in error_examples.EXAMPLES:
        told = page.partition(f"### {example.title}\n")[2].partition("\n### ")[0]
        assert re.search(rf"^{re.escape(example.path)}:\d+(:\d+)?: error: .+\nhint: .+\n1 error,", told, re.MULTILINE)


def test_help_and_the_pages_and_the_errors_agree_on_the_exit_codes() -> None:
    helped = {int(code) for code in re.findall(r"\b(\d+) [a-z]", root.epilog or "")}
    on_the_page = {int(code) for code in re.findall(r"^\| (\d+) \|", errors_page.exit_codes(), re.MULTILINE)}
    in_the_reference = {int(code) for code in re.findall(r"^\| (\d+) \|", reference.reference(), re.MULTILINE)}
    raised = {kind.exit_code for kind in errors_page.kinds().values()}
    assert helped == on_the_page == in_the_reference
    assert raised | {failing.BUG, failing.INTERRUPTED} <= helped


@pytest.fixture
def sites(tmp_path: Path) -> set[Site]:
    """Return what is read from a package of one module."""
    package = tmp_path / "orchestrator"
    package.mkdir()
    (package / "errors.py").write_text(
        "class OrchestratorError(Exception): ...\nclass RefusedError(OrchestratorError): ...\n"
    )
    (package / "stop.py").write_text(RAISING)
    return set(Reader(package).sites())


def test_texts_are_followed_through_variables_conditions_functions_tables_and_callers(sites: set[Site]) -> None:
    assert {(site.message, site.hint) for site in sites} == {
        ("{job} has more than 1,000 steps[, and {count} are late]", None),
        ("{job} begins with a dash", "try '{job}' again"),
        ("it is hollow", "try '{job}' again"),
        ("no: {job} is one", "ask again"),
        ("no: an apple", "ask again"),
        ("no: a pear", "ask again"),
    }


def test_an_error_that_is_not_in_the_table_is_found(sites: set[Site]) -> None:
    known = {errors_page.bare(site.message) for site in errors_page.sites()}
    assert {site.message for site in sites if errors_page.bare(site.message) not in known} == {
        site.message for site in sites
    }


@pytest.fixture
def found(tmp_path: Path) -> Reader:
    """Return what reads a package of a check and of what it uses."""
    for name, text in (("gates/checks/head", FINDING), ("content/tables", TABLES)):
        module = tmp_path / "orchestrator" / f"{name}.py"
        module.parent.mkdir(parents=True)
        module.write_text(text)
    return Reader(tmp_path / "orchestrator")


def test_each_message_of_a_finding_is_told_with_the_suggestion_of_its_branch(found: Reader) -> None:
    told = {(site.message, site.hint) for site in found.sites()}
    assert told == {
        ("'{key}' is missing", "add it"),
        ("'{key}' is not wanted", "take it out"),
        ("it is {head} wide", None),
        ("it has no colour", None),
        ("'{rule}' is left to be done", "do it"),
        ("'{rule}' fills space", "write the text"),
        ("does not fit", "see the schema"),
        ("{head} keys; at least 2 are wanted", "write more"),
        ("{head} keys; at most 9 are wanted", "shorten it"),
        ("more than 500 rows", "split the table"),
    }


def test_a_finding_belongs_to_the_checks_that_import_what_says_it(found: Reader) -> None:
    groups = error_findings.groups(found.modules, found.sites())
    assert [(group.checks, group.title, len(group.sites)) for group in groups] == [
        (("head",), "[head](checks.md#head)", 10)
    ]
    assert all(map(error_findings.is_finding, groups[0].sites))


def test_an_error_of_the_program_is_no_finding() -> None:
    assert not error_findings.is_finding(Site("gates.checks.words", 1, "CannotRun", "it cannot run", None))
    assert not error_findings.is_finding(Site("engine.perform", 1, "Finding", "it was not written", None))


def test_a_text_of_somebody_elses_is_a_relay() -> None:
    assert Site("room", 1, "DocumentError", "{path}: {fault}", None).is_relay
    assert not Site("room", 1, "DocumentError", "{path} is empty", None).is_relay


def test_every_kind_of_error_is_raised_somewhere() -> None:
    raised = {site.kind for site in errors_page.sites()}
    assert set(errors_page.kinds()) - raised == set()
