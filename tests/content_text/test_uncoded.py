"""Markdown without its code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.uncoded import without_code


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("a `b` c", "a  c"),
        ("a ``b ` c`` d", "a  d"),
        ("a `b c", "a `b c"),
        ("a `b\nc` d", "a \n d"),
        ("a `b\n\nc` d", "a `b\n\nc` d"),
        ("`a` `b` c", "  c"),
        ("`` ` x", "`` ` x"),
        ("a\n```\nb\n```\nc", "a\n\n\n\nc"),
        ("a\n\n    b\n\nc", "a\n\n\n\nc"),
        ("a\n\n \tb\n    c\nd", "a\n\n\n\nd"),
        ("    a", ""),
        ("a\n    b", "a\n    b"),
        ("- a\n\n    b\n\n    c", "- a\n\n    b\n\n    c"),
        ("1. a\n\n    b", "1. a\n\n    b"),
        ("- a\nb\n\n    c", "- a\nb\n\n    c"),
        ("- a\n\nb\n\n    c", "- a\n\nb\n\n"),
        ("- a\n\n  b\n\n    c", "- a\n\n  b\n\n    c"),
        ("   a", "   a"),
        ("", ""),
    ],
)
def test_code_is_left_out_and_prose_stays(text: str, prose: str) -> None:
    assert without_code(text) == prose


@given(st.text(alphabet="`a \n-\t~", max_size=60))
def test_every_line_keeps_its_number(text: str) -> None:
    assert without_code(text).count("\n") == text.count("\n")


@pytest.mark.parametrize("piece", ["`", "`` ` ", "\n", "    x\n\n", " \n", "`\n", "``` `\n"])
def test_a_hostile_text_is_read_without_trying_everything(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    assert without_code(text).count("\n") == text.count("\n")
