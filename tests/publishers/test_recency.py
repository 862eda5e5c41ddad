import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.publishers.recency import day, day_in_words, recency

OLDEST_FIRST = [
    ("", ""),
    ("", "nightly"),
    ("", "0.9"),
    ("", "1.0a1"),
    ("", "1.0rc9"),
    ("", "1.0rc10"),
    ("", "v1"),
    ("", "1.0.0+build.7"),
    ("", "1.0.post1"),
    ("", "1.0.1"),
    ("", "8.9"),
    ("", "8.10"),
    ("", "2026.1"),
    ("2025-12-31", "9.0"),
    ("2026-01-01", ""),
    ("2026-01-01", "8.9.1"),
    ("2026-01-01T10:00:00Z", "8.10.0"),
    ("2026-01-02 09:00", "7.0"),
]


def test_a_day_comes_before_a_version_and_a_version_is_read_as_numbers() -> None:
    newest_first = OLDEST_FIRST[::-1]
    assert sorted(newest_first, key=lambda row: recency(*row)) == OLDEST_FIRST


def test_zeros_at_the_end_and_a_leading_v_make_no_other_version() -> None:
    assert recency("", "v1.0") == recency("", "1") == recency("", "1.0.0")


@pytest.mark.parametrize(
    ("text", "lang", "shown"),
    [
        ("2026-01-31", "en", "31 January 2026"),
        ("2026-01-31T09:30:00+01:00", "en-GB", "31 January 2026"),
        ("2026-01-31", "de", "2026-01-31"),
        ("2026-02-30", "en", "2026-02-30"),
        ("0000-01-01", "en", "0000-01-01"),
        ("20260131", "en", "20260131"),
        ("2026-01-311", "en", "2026-01-311"),
        ("spring 2026", "en", "spring 2026"),
        ("", "en", ""),
    ],
)
def test_a_day_is_shown_in_words_where_it_is_one_and_the_pages_are_english(text: str, lang: str, shown: str) -> None:
    assert day_in_words(text, lang) == shown


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_two_texts_can_be_put_in_order(dated: str, version: str, other_dated: str, other_version: str) -> None:
    one, other = recency(dated, version), recency(other_dated, other_version)
    assert (one < other) + (one > other) + (one == other) == 1
    assert day(dated) is None or dated[:4].isdigit()
