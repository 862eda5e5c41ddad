"""The pages lead nowhere that is not there, and name nothing that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import DOCS, FRAGMENTS, PAGES, ROOT

from orchestrator.cli.sections import COMMANDS

FRAGMENT = re.compile(r"\d+-[a-z0-9-]+\.(added|changed|fixed|removed|security)\.md")
FOLDERS = "orchestrator|tests|docs|agents|prompts|memory|jobs/templates|changelog\\.d|\\.ci"
BY_HAND = [page for page in PAGES if page.name not in ("checks.md", "commands.md")]

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]+)`")
_COMMAND = re.compile(r"(?:`|^\$ |\| |then |or |# )(?:git )?orchestrator(?: -C \S+)? ([a-z][a-z-]*)", re.MULTILINE)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(page: Path) -> set[str]:
    """Return what a link's `#…` may name: the headings in a forge's spelling, and the ids that stand there."""
    text = _FENCE.sub("", page.read_text())
    headings = (
        re.sub(r"[^\w\- ]", "", found.lower()).replace(" ", "-") for found in re.findall(r"^#+ (.*)$", text, re.M)
    )
    return {*headings, *re.findall(r'<a id="([^"]+)"', text)}


def broken(page: Path) -> Iterator[str]:
    """Yield the links of the page that lead nowhere."""
    for link in _LINK.findall(_CODE.sub("", _FENCE.sub("", page.read_text()))):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_there = not path or (target.is_relative_to(ROOT) and target.exists())
        if not is_there or (anchor and anchor not in anchors(target)):
            yield link


def test_every_command_stands_in_the_pages_of_commands() -> None:
    page = (DOCS / "commands.md").read_text()
    assert [command for command in COMMANDS if f"### `{command}`" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_to_something_in_the_repository(page: Path) -> None:
    assert list(broken(page)) == []


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = ROOT / "README.md"
    assert "what-it-has" not in anchors(page)
    assert "the-promise" in anchors(page)
    lost = tmp_path / "page.md"
    lost.write_text("# A page\n\n[there](#a-page) [not there](#another) [nor there](nothing.md)\n")
    assert list(broken(lost)) == ["#another", "nothing.md"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert [path for path in _NAMED.findall(page.read_text()) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", BY_HAND, ids=name)
def test_no_command_is_named_that_this_release_does_not_have(page: Path) -> None:
    assert {found for found in _COMMAND.findall(page.read_text()) if found not in COMMANDS} == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_names_no_place_of_one_machine_and_no_host(page: Path) -> None:
    text = page.read_text()
    assert re.findall(r"(?<![\w.])/(?:home|root|work|Users)/\S+", text) == []
    assert re.findall(r"https?://(?!…|host\[|(?:[\w-]+\.)*example(?:\.com)?\b)\S+", text) == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_is_wrapped_and_ends_with_one_newline(page: Path) -> None:
    prose = [row for row in _FENCE.sub("", page.read_text()).split("\n") if not row.startswith(("|", "!", "<"))]
    assert [row for row in prose if len(row) > 130 or row != row.rstrip()] == []
    assert re.search(r"[^\n]\n\Z", page.read_text())


def test_every_news_fragment_is_named_by_the_rule_and_says_something() -> None:
    fragments = [path for path in FRAGMENTS.iterdir() if path.name != "README.md"]
    assert [path.name for path in fragments if not FRAGMENT.fullmatch(path.name)] == []
    assert [path.name for path in fragments if not path.read_text().strip().endswith(".")] == []
