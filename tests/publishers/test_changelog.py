"""The changelog that gathers every folder's section: its order, and what a stranger's section cannot do to the rest."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from orchestrator.publishers.changelog import MOST_BYTES, MOST_DEFINED, Section, compose, make_safe
from orchestrator.publishers.receipt import MOST_BYTES as MOST_OF_A_RECEIPT
from orchestrator.publishers.receipt import Card, encode, make_receipt


def section(text: str, job: str = "r1", *, version: str = "", date: str = "", title: str = "The job") -> Section:
    card = Card(title=title, version=version, date=date)
    return Section(job, card, make_safe(text, card))


def composed(*sections: Section) -> str:
    return compose(sections).decode()


def alone(text: str, *, version: str = "") -> str:
    """What the changelog holds of one section."""
    whole = composed(section(text, version=version))
    assert whole.startswith("# Changelog\n")
    return whole.removeprefix("# Changelog\n").strip("\n")


def test_without_sections_there_is_a_heading() -> None:
    assert composed() == composed(section("")) == composed(section("\n \n")) == "# Changelog\n"


def test_the_newest_comes_first_then_the_greater_version_then_the_job() -> None:
    sections = [
        section("## e", "e"),
        section("## b", "b", date="2026-01-01", version="8.9"),
        section("## a", "a", date="2026-01-01", version="8.10"),
        section("## x", "x", date="2026-03-01", version="1.0"),
        section("## d", "d", version="0.1"),
        section("## c2", "c2", date="2025-12-31"),
        section("## c1", "c1", date="2025-12-31"),
    ]
    expected = "# Changelog\n\n## x\n\n## a\n\n## b\n\n## c1\n\n## c2\n\n## d\n\n## e\n"
    assert composed(*sections) == composed(*reversed(sections)) == expected


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("## [1.0]\n\n- Added `a<b>`\n", "## [1.0]\n\n- Added `a<b>`"),
        ("---\ntitle: x\n---\n## [1.0]\n", "## [1.0]"),
        ("\ufeff## [1.0]\r\n\r\n- a\r\n", "## [1.0]\n\n- a"),
        ("# Changelog\n\n## [1.0]\n\n- a\n", "## [1.0]\n\n- a"),
        ("Changelog\n=========\n\n- a\n", "## 1.0\\_x\n\n- a"),
        ("- a\n", "## 1.0\\_x\n\n- a"),
        ("   ## [1.0]\n", "## [1.0]"),
        ("# 1.0\n\n- a", "# 1.0\n\n- a"),
        ("## a\x00\x1b[2J\u202eb\u200d\n", "## a[2Jb\u200d"),
        ("## a\n\n<script>alert(1)</script>\n", "## a\n\n&lt;script>alert(1)&lt;/script>"),
        ("## a\n\nb <img src=x> <https://a.example>\n", "## a\n\nb &lt;img src=x> &lt;https://a.example>"),
        ("## a\n\n<!-- to the end\n", "## a\n\n&lt;!-- to the end"),
        ("## a\n\n<https://a.example> 1 < 2\n", "## a\n\n<https://a.example> 1 < 2"),
        ("[x]: y\n## a [x]\n", "## 1.0\\_x\n\n[x]: y\n## a [x]"),
        ("## a\n\n[x]: y<b>\n", "## a\n\n[x]: y&lt;b>"),
        ("## a\n\n```\n<b>\n```\n", "## a\n\n```\n<b>\n```"),
        ("## a\n\n```\n<b>\n", "## a\n\n\\`\\`\\`\n&lt;b>"),
        ("## a\n\n~~~~ sh\nx\n~~~\n", "## a\n\n\\~\\~\\~\\~ sh\nx\n\\~\\~\\~"),
    ],
)
def test_a_section_is_taken_as_it_is_but_for_what_would_act_on_others(text: str, held: str) -> None:
    assert alone(text, version="1.0_x") == held


def test_a_section_without_a_heading_stands_under_its_version_or_its_title() -> None:
    assert composed(section("- a", title="A *b*")) == "# Changelog\n\n## A \\*b\\*\n\n- a\n"


def test_a_section_s_own_links_work_and_no_other_s() -> None:
    good = ["https://good.example/2", "https://good.example/1", "https://good.example/x"]
    own = section("## [2.0]\n\n[2.0]: https://good.example/2", "b", version="2.0")
    other = section("## [1.0] [x]\n\n[1.0]: https://good.example/1\n[X]: https://good.example/x", "a", version="1.0")
    assert links(composed(own, other)) == good
    bad = section("## 3\n\n[ 1.0 ]: https://bad.example\n> [2.0]:\n> https://bad.example", "c", version="3.0")
    assert set(links(composed(bad, own, other))) == set(good)


@pytest.mark.parametrize("version", ["", "1.0"])
def test_a_label_that_two_sections_define_is_no_link_of_either(version: str) -> None:
    text = "## {job} [1.0]\n\n[1.0]: https://{job}.example"
    assert links(composed(*(section(text.format(job=job), job, version=version) for job in ("a", "b")))) == []


def test_definitions_beyond_what_a_section_needs_are_words() -> None:
    lines = [f"[{number}]: /{number}" for number in range(MOST_DEFINED + 1)]
    card = Card(title="A job")
    few, many = (make_safe("\n".join(["## a", "", *lines[:count]]), card) for count in (MOST_DEFINED, MOST_DEFINED + 1))
    assert few.defines == tuple(str(number) for number in range(MOST_DEFINED))
    assert many.defines == ()
    assert many.text.count("]\\:") == MOST_DEFINED + 1


@pytest.mark.parametrize(
    "unit", ["[x]: <\n", "[x]:<y>\n", "[x]: &lt;\n", "<", "`\\", '"', "\u0301", "\U0001f600", "~~~\n"]
)
def test_whatever_fills_a_section_its_receipt_can_be_read_again(unit: str) -> None:
    text = "## a\n\n" + unit * ((MOST_BYTES - 10) // len(unit.encode()))
    card = Card(title="A job")
    safe = make_safe(text, card)
    assert len(safe.defines) <= MOST_DEFINED
    assert len(encode(make_receipt("key", card, {"changelog.md": b""}, safe))) <= MOST_OF_A_RECEIPT


# --- whatever the text -----------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["# Changelog", "## [1.0]", "```", "~~~", "<script>", "</script>", "<!--", "<a>", "<?", "<![CDATA[", "- ", "> ",
     "1. ", "    ", "   ", "[x]", "[x]: http://bad.example", "[1.0]: <http://bad.example>", "`", "\\", "---", "===",
     "| a |", "\n", "\n", "\n\n", "text", "\t", "\r", "\x0b", "\u2028", "\x00", "&lt;", "![x](y)", "- ```"]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)
LAST = "## The last\n\nwith a [x] and a [1.0]."


def tokens(text: str) -> list[Token]:
    return MarkdownIt("commonmark").parse(text)


def links(text: str) -> list[str]:
    found = (child for token in tokens(text) for child in token.children or ())
    return [str(child.attrGet("href")) for child in found if child.type == "link_open"]


def types(found: Sequence[Token]) -> set[str]:
    return {each.type for token in found for each in (token, *(token.children or ()))}


@given(st.lists(TEXTS, min_size=1, max_size=3))
@settings(max_examples=200, deadline=None)
def test_no_section_makes_html_or_takes_hold_of_the_one_below(texts: list[str]) -> None:
    sections = [section(text, f"r{place}", version=f"{place + 2}") for place, text in enumerate(texts)]
    whole = composed(*sections, section(LAST, "z"))
    found = tokens(whole)
    assert not types(found) & {"html_block", "html_inline"}
    assert [token.content for token in found[:3]] == ["", "Changelog", ""]
    assert [(token.type, token.level) for token in found[-6:]] == [
        ("heading_open", 0), ("inline", 1), ("heading_close", 0),
        ("paragraph_open", 0), ("inline", 1), ("paragraph_close", 0),
    ]  # fmt: skip
    assert "link_open" not in {child.type for child in found[-2].children or ()}
    assert whole.endswith(f"\n\n{LAST}\n")
    assert "\r" not in whole


@pytest.mark.parametrize("unit", ["[", "![", "`a", "*a_ ", "> ", "<!--", "<a", "[a]: b\n", "```\n", "- "])
def test_the_longest_section_of_a_bad_kind_still_ends(unit: str) -> None:
    assert alone("## a\n\n" + unit * (50_000 // len(unit)))
