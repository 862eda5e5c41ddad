"""Bytes into text: what is read, what is passed over, and what is said about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.decoding import Decoded, decode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        ("café".encode(), "café"),
        ("café".encode("utf-8-sig"), "café"),
        ("café, 24 €".encode("utf-16"), "café, 24 €"),
    ],
)
def test_text_is_read_with_plain_line_ends(data: bytes, text: str) -> None:
    assert decode(data) == Decoded(text)


def test_a_line_in_windows_encoding_among_utf8_is_read_and_told_of() -> None:
    data = "häuser\n".encode() + "24 € für zwei\n".encode("cp1252") + "größe\n".encode()
    assert decode(data) == Decoded("häuser\n24 € für zwei\ngröße\n", foreign_lines=(2,))


def test_a_broken_line_behind_a_byte_order_mark_does_not_lose_the_text() -> None:
    assert decode(b"\xef\xbb\xbfgood\nbad \xff\n") == Decoded("good\nbad ÿ\n", foreign_lines=(2,))


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\x00\x00", b"a\x00b", bytes(range(1, 9)) * 20, b"\xff\xfe\x00"])
def test_binary_is_no_text(data: bytes) -> None:
    assert decode(data) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_not_and_never_an_error(data: bytes) -> None:
    decoded = decode(data)
    assert decoded is None or "\r" not in decoded.text
