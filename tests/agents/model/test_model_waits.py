"""How long a provider asks to be left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.agents.model.waits import wait_of

NOW = 1_767_225_600.0  # 2026-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "0"}, 1),
        ({"retry-after": "30"}, 30),
        ({"retry-after": "1.2"}, 2),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "99999999999"}, None),
        ({"retry-after": "Thu, 01 Jan 2026 01:00:00 GMT"}, 3_600),
        ({"retry-after": "Wed, 31 Dec 2025 01:00:00 GMT"}, 1),
        ({"retry-after": "Thu, 99 Jan 2026 01:00:00 GMT"}, None),
        ({"retry-after-ms": "1500", "retry-after": "30"}, 2),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0"}, 360),
        ({"x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "3"}, None),
        (
            {
                "anthropic-ratelimit-tokens-reset": "2026-01-01T00:02:00Z",
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-01-01T00:01:00Z",
                "anthropic-ratelimit-requests-remaining": "0",
            },
            120,
        ),
        ({"anthropic-ratelimit-tokens-reset": "never", "anthropic-ratelimit-tokens-remaining": "0"}, None),
    ],
)
def test_headers_say_how_long(headers: dict[str, str], wait: int | None) -> None:
    assert wait_of(headers, "", NOW) == wait


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("Please try again in 20s. Visit us.", 20),
        ("Please try again in 1h2m3.5s", 3_724),
        ("try again in 250ms", 1),
        ("TRY AGAIN IN 20S", 20),
        ("Try again in 5 minutes", 300),
        ("Your limit resets at 2026-01-01T05:00:00Z.", 18_000),
        ("usage limit: you may ask again at 2026-01-01 05:00 UTC", 18_000),
        ("Claude AI usage limit reached|1767229200", 3_600),
        ("It was 2026-01-01T05:00:00Z then", None),
        ("try again later", None),
        ("try again in 99d", None),
    ],
)
def test_words_say_how_long(text: str, wait: int | None) -> None:
    assert wait_of({}, text, NOW) == wait


@given(st.text(max_size=200), st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=40)))
def test_whatever_is_said_a_wait_is_none_or_at_most_a_month(text: str, headers: dict[str, str]) -> None:
    wait = wait_of(headers, text, NOW)
    assert wait is None or 1 <= wait <= 31 * 86_400
