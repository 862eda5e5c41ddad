"""Processes beside this one: what they say arrives, what they raise too, and none of them outlives who began it."""

import subprocess
import sys
import time
from pathlib import Path

FORKS = Path(__file__).with_name("forks.py")
PATIENCE = 30


def said(scenario: str) -> list[str]:
    ran = subprocess.run(
        [sys.executable, FORKS, scenario], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ran.stderr == ""
    return ran.stdout.splitlines()


def test_each_hears_what_was_sent_to_it_and_its_last_word_is_its_exit_code() -> None:
    answers = [f"({number}, ({number}, 'hello {number}'))" for number in range(3)]
    assert said("echo") == sorted([*answers, *(f"({number}, Gone(code=0))" for number in range(3))])


def test_what_one_raises_arrives_as_it_was_with_where_it_was_raised() -> None:
    assert said("fail") == [
        "0 OSError(28, 'No space left on device') /somewhere",
        "True",
        "0 Gone(code=1)",
    ]


def test_what_cannot_be_copied_arrives_as_text() -> None:
    first, *rest = said("fail_oddly")
    assert first.startswith("0 RuntimeError('Traceback (most recent call last):")
    assert "Odd: one" in first
    assert rest == ["True", "0 Gone(code=1)"]


def test_who_is_killed_is_told_with_the_signal_after_what_it_had_said() -> None:
    assert said("die") == ["0 alive", "0 Gone(code=-9)"]


def test_an_interrupt_of_the_terminal_is_the_first_ones_to_act_on_and_programs_get_it_as_ever() -> None:
    assert said("heard") == ["0 still here", "0 -2", "0 Gone(code=0)"]


def test_who_does_not_end_when_its_pipe_is_closed_is_killed() -> None:
    assert said("closed") == ["2", "gone", "gone"]


def test_what_cannot_be_sent_is_told_in_its_place_and_what_follows_arrives() -> None:
    first, *rest = said("lambda")
    assert "pickle" in first
    assert rest == ["False", "0 after", "0 Gone(code=0)"]


def test_an_interrupt_while_they_are_begun_leaves_none_behind() -> None:
    assert said("interrupted") == ["gone"]


def test_where_there_is_no_room_for_another_interrupts_are_heard_as_before() -> None:
    assert said("full") == ["Resource temporarily unavailable False"]


def test_none_outlives_who_began_them_however_that_ends() -> None:
    ran = subprocess.run(
        [sys.executable, FORKS, "orphans"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ran.returncode == -9
    last = time.monotonic() + PATIENCE
    for pid in map(int, ran.stdout.split()):
        while _is_there(pid):
            assert time.monotonic() < last


def _is_there(pid: int) -> bool:
    """Say whether the process is there, and has not only not been waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
