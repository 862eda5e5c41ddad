"""Patterns that a person wrote: compiled or refused, and linear in the text."""

from contextlib import suppress
from itertools import islice

import pytest

from orchestrator.content.regexes import LONGEST, Hit, compiled, hits


def test_each_hit_has_its_line() -> None:
    assert list(hits(compiled("m.g"), "mug\n\na mag\nmeg mig")) == [
        Hit(1, "mug"),
        Hit(3, "mag"),
        Hit(4, "meg"),
        Hit(4, "mig"),
    ]


def test_a_line_has_a_beginning_and_an_end_and_characters_are_not_bytes() -> None:
    assert list(hits(compiled("^\u00e9.$"), "a\n\u00e9\u2026\n\u00e9\u2026b")) == [Hit(2, "\u00e9\u2026")]


def test_alternatives_and_flags_stay_within_the_pattern() -> None:
    assert [hit.text for hit in hits(compiled("(?i)a|b"), "A B\na")] == ["A", "B", "a"]


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "missing )"),
        ("a**", "bad repetition operator"),
        (r"\1", "invalid escape sequence"),
        ("(?=a)", "invalid perl operator"),
        ("a{2000}", "invalid repetition size"),
        ("\ud800", "surrogates not allowed"),
    ],
)
def test_what_is_no_pattern_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression of RE2") as caught:
        compiled(pattern)
    assert reason in str(caught.value)


def test_a_pattern_has_a_longest() -> None:
    assert compiled("a" * LONGEST).search("a" * LONGEST)
    with pytest.raises(ValueError, match="the pattern has 2001 characters; at most 2000 are read"):
        compiled("a" * (LONGEST + 1))


def test_a_match_of_nothing_is_no_hit() -> None:
    assert list(hits(compiled("a*"), "b aa b")) == [Hit(1, "aa")]


def test_so_many_matches_of_nothing_are_refused() -> None:
    assert list(hits(compiled("a*"), "b" * 999)) == []
    with pytest.raises(ValueError, match="the pattern matches nothing in more than 1000 places"):
        list(hits(compiled("a*"), "b" * 1_000))


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "a.*b|a", "(a.*b)?", "[ab]*a[ab]{200}c"])
def test_no_pattern_takes_time_by_the_square_of_a_text(pattern: str) -> None:
    found = hits(compiled(pattern), "a" * 200_000)
    with suppress(ValueError):
        assert sum(1 for _ in islice(found, 100)) <= 100
