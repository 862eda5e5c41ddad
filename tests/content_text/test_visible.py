"""What a reader sees of a Markdown text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.visible import seen, shown_as_written, without_comments


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("a &amp; b", "a & b"),
        ("a&#10;b\nc", "a b\nc"),
        (r"100\% \*a\*", "100% a"),
        (r"C:\new", r"C:\new"),
        ("[a](b)", "a"),
    ],
)
def test_entities_and_escapes_are_read(text: str, read: str) -> None:
    assert seen(text).replace("\\", "") == read.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a <!-- b --> c", "a  c"),
        ("a <!-- b", "a "),
        ("<!-- a --> b <!-- c --> d", " b  d"),
        ("a -->", "a -->"),
    ],
)
def test_comments_are_left_out(text: str, left: str) -> None:
    assert without_comments(text) == left


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["<!-- ", "-->", "\n", "[a]: b", "](c)", "<b ", ">", "&#10;", "\\", "a", "---\n"]), max_size=20
    )
)
def test_every_line_keeps_its_number(parts: list[str]) -> None:
    text = "".join(parts)
    assert shown_as_written(text).count("\n") == seen(text).count("\n") == text.count("\n")
