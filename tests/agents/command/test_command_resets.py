"""How long a program says to wait: read out of words, and believed only where somebody might wait that long."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.agents.command.resets import LONGEST_WAIT, wait

NOON = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp())
HOUR = 3_600


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("retry-after: 30", 30),
        ("Retry after 2.5 seconds", 2),
        ('{"resets_in_seconds":13872}', 13_872),
        ('"retryDelay": "34s"', 34),
        ("Please try again in 20s.", 20),
        ("Please try again in 1m30.5s", 90),
        ("try again in 500ms", 1),
        ("TRY AGAIN IN 2500MS", 2),
        ("try again in 2 days 17 hours 14 minutes", 65 * HOUR + 840),
        ("wait for 1 hour and 5 minutes", HOUR + 300),
        ("Claude AI usage limit reached|1774702800", HOUR),
        ("limit reached ∙ resets 1pm", HOUR),
        ("resets at 12:30 PM (UTC)", HOUR // 2),
        ("resets 12pm", 24 * HOUR),
        ("resets 12am", 12 * HOUR),
        ("resets 4am (Europe/Berlin)", 14 * HOUR),  # the night in which clocks there go from 2 to 3
        ("resets Mar 30 at 9am (America/New_York)", 49 * HOUR),
        ("Try again at Apr 1st, 2026 12:00 PM.", 96 * HOUR),
        ("resets 1pm (Nowhere/Atall)", HOUR),
        ("resets 1pm (../../etc/passwd)", HOUR),
        ("resets Feb 29 at 1pm", None),
        ("resets Jun 31 at 1pm", None),
        ("resets Foo 3 at 1pm", None),
        ("resets 99pm", None),
        ("try again in 9 days", None),
        ("try again in 0 seconds", None),
        ("usage limit reached|1000000000", None),
        ("try again later", None),
    ],
)
def test_a_wait_is_read_out_of_words(text: str, seconds: int | None) -> None:
    assert wait(text, NOON) == seconds


def test_without_a_clock_a_time_of_day_says_nothing() -> None:
    assert (wait("resets 1pm", None), wait("limit reached|1774702800", None)) == (None, None)
    assert wait("try again in 5 minutes", None) == 300


@given(
    st.from_regex(
        r"(resets|try again|retry-after|limit reached)[ |:]{0,2}(at|in)? ?([A-Z][a-z]{2} )?[0-9]{0,12}(:[0-9]{2})? ?"
        r"(am|pm|s|days|hours)?( \([A-Za-z_/]{0,20}\))?"
    )
    | st.text(),
    st.none() | st.integers(0, 2**32),
)
def test_whatever_is_said_a_wait_is_one_that_somebody_might_wait(text: str, now: int | None) -> None:
    seconds = wait(text, now)
    assert seconds is None or 1 <= seconds <= LONGEST_WAIT
