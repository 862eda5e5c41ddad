"""The tags of HTML as they are written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.tags import Tag, tags


def test_a_tag_has_its_place_and_its_attributes() -> None:
    text = "x<A href='a&amp;b' ID=c disabled id=\"d\" >y</a><br/>"
    opening = Tag("a", 1, 41, (("href", "a&b"), ("id", "c"), ("disabled", ""), ("id", "d")))
    assert list(tags(text)) == [
        opening,
        Tag("a", 42, 46, is_end=True),
        Tag("br", 46, 51, is_self_closing=True),
    ]
    assert (opening.get("id"), opening.get("disabled"), opening.get("class")) == ("c", "", None)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("<!-- <a> --><b>", ["b"]),
        ("<!-- <a>", []),
        ("<script><a></script><b>", ["script", "script", "b"]),
        ("<TITLE><a></Title ><b>", ["title", "title", "b"]),
        ("<style><a>", ["style"]),
        ("<a title='>'><b>", ["a", "b"]),
        ("<a <b>", ["a"]),
        ("<a><b title='", ["a"]),
        ("a < b <1> </>", []),
    ],
)
def test_what_is_no_tag_is_passed_over(text: str, names: list[str]) -> None:
    assert [tag.name for tag in tags(text)] == names


@settings(max_examples=100)
@given(st.text(alphabet="<>/!-='\" abstyle&;\n", max_size=60))
def test_tags_follow_each_other(text: str) -> None:
    reached = 0
    for tag in tags(text):
        assert reached <= tag.at < tag.end <= len(text)
        assert text[tag.at] == "<"
        assert text[tag.end - 1] == ">"
        reached = tag.end


@pytest.mark.parametrize(
    "piece", ["<", "<a", "<a ", "<a b='", "<!--", "<a \"'", "<script>", "</", "<a =", "<a b= ", "<a b "]
)
def test_a_hostile_text_is_read_in_one_go(piece: str) -> None:
    list(tags(piece * (300_000 // len(piece))))
