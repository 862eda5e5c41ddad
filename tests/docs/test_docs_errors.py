"""docs/errors.md holds every error of the code, in the code's words, and each says what to do."""

import os
import re
from pathlib import Path

import error_examples
import errors_page
import pytest
from error_sites import Reader, Site

from orchestrator import errors
from orchestrator.cli import failing, reference
from orchestrator.cli.root import root

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
    return "it is empty" if not job else None
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
    assert len(rows) > 400
    assert [said for said, advice, _, _ in rows if not advice] == []


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
        ("it is empty", "try '{job}' again"),
        ("no: {job} is one", "ask again"),
        ("no: an apple", "ask again"),
        ("no: a pear", "ask again"),
    }


def test_an_error_that_is_not_in_the_table_is_found(sites: set[Site]) -> None:
    known = {errors_page.bare(site.message) for site in errors_page.sites()}
    assert {site.message for site in sites if errors_page.bare(site.message) not in known} == {
        site.message for site in sites
    }


def test_a_text_of_somebody_elses_is_a_relay() -> None:
    assert Site("room", 1, "DocumentError", "{path}: {fault}", None).is_relay
    assert not Site("room", 1, "DocumentError", "{path} is empty", None).is_relay


def test_every_kind_of_error_is_raised_somewhere() -> None:
    raised = {site.kind for site in errors_page.sites()}
    assert set(errors_page.kinds()) - raised == {"MissingExtra"}
    assert issubclass(errors.MissingExtra, errors.OrchestratorError)
