"""What agents and models do: every row of the table (RELIABILITY §4), through the whole engine and real git.

Programs run in the sandbox that this machine has, models are asked over sockets; the clock stands still but for sleeps.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from misbehaving import (
    FACTS,
    NOW,
    SLEEP,
    WORDS,
    Loopback,
    Place,
    Reply,
    killed_soon,
    models,
    on_terminal,
    place,
    program,
)

from orchestrator.engine.run import exit_code, run
from orchestrator.model.action import Await, Done, Halt, Stop

pytestmark = pytest.mark.real

GOOD = Reply(text="Three good words.")
GOOD_SCRIPT = "echo 'Three good words.' >text.md"
TEXT = "Three good words."
SLOW = pytest.mark.real
"""A case that says little beyond its neighbours, or takes a second more than they do."""
SMALL, LARGE = "openai:small", "openai:large"


def halted(here: Place) -> Halt:
    """Run until a person is needed, and say why."""
    action = here.run().action
    assert isinstance(action, Halt)
    assert exit_code(action) == {Stop.BUDGET: 6}.get(action.stop, 4)
    return action


def done(here: Place) -> None:
    """Run to the end; one more advance makes no entry."""
    assert isinstance(here.run().action, Done)
    assert run(here.world, here.job, sleep=here.time.sleep).entries == 0
    assert here.record["outcome"] == "passed"


# --- empty, garbage, wrong schema, binary: gate fails with an excerpt → rework → promote → person --------------------

UNFIT = "openai:large: the answer does not fit: "


@pytest.mark.parametrize(
    ("reply", "says", "spent"),
    [
        (Reply(text=""), "openai:large: the answer is empty", 0.0044),
        (
            Reply(text="{{ oh"),
            f"{UNFIT}the answer:1:2: not JSON: expecting property name enclosed in double quotes; it says '{{{{ oh'",
            0.0088,
        ),
        (
            Reply(value={"score": "high"}),
            f"{UNFIT}score is to be a whole number, and is the text 'high'; it says '{{\"score\": \"high\"}}'",
            0.0088,
        ),
        (Reply(text="\0\1"), f"{UNFIT}the answer:1:1: not JSON: expecting value; it says '\\x00\\x01'", 0.0088),
    ],
    ids=["empty", "garbage", "wrong-schema", "binary"],
)
def test_empty_garbage_wrong_schema_or_binary_of_a_model_fails_with_an_excerpt_then_rework_promote_person(
    folder: Path, reply: Reply, says: str, spent: float
) -> None:
    with Loopback(reply) as server:
        here = place(folder, models((SMALL, server.address), (LARGE, server.address)), step=FACTS)
        action = halted(here)
        assert says.partition(": ")[2] in server.asked[-1].prompt
    assert here.attempts == [("failed", 1, SMALL), ("failed", 2, SMALL), ("failed", 3, LARGE), ("failed", 4, LARGE)]
    assert (action.stop, action.reason) == (Stop.FAILED, f"draft failed after 4 attempts: {says}")
    assert (here.said, here.spent, "facts.yaml" in here.files) == ([says], spent, False)


def test_a_text_that_fails_the_gate_is_reworked_then_promoted_then_a_persons(folder: Path) -> None:
    with Loopback(Reply(text="Too short")) as server:
        here = place(folder, models((SMALL, server.address), (LARGE, server.address)))
        action = halted(here)
        assert "the text has 2 words; at least 3 are wanted" in server.asked[2].prompt
    # The same failure three times: it does not help to go on.
    assert action.stop is Stop.SAME_FAILURE
    assert action.reason == (
        "draft failed 3 times in the same way: text.md: the text has 2 words; at least 3 are wanted"
    )
    assert here.attempts == [("failed", 1, SMALL), ("failed", 2, SMALL), ("failed", 3, LARGE)]


@pytest.mark.parametrize(
    ("script", "outcome", "says", "is_kept"),
    [
        (": >facts.yaml", "failed", "pen said it was done, and wrote nothing of facts.yaml", False),
        ("echo '{{ oh' >facts.yaml", "failed", "a key must be a text", True),
        ("echo 'score: high' >facts.yaml", "failed", "score is to be a whole number, and is the text 'high'", True),
        ("printf 'a\\0b' >facts.yaml", "refused", "facts.yaml: a text file may have no NUL byte", False),
    ],
    ids=["empty", "garbage", "wrong-schema", "binary"],
)
def test_empty_garbage_wrong_schema_or_binary_of_a_program_fails_the_gate_then_rework_then_a_person(
    folder: Path, script: str, outcome: str, says: str, is_kept: bool
) -> None:
    here = place(folder, program(script), step=FACTS)
    action = halted(here)
    assert here.attempts == [(outcome, 1, "command"), (outcome, 2, "command")]
    assert action.stop is Stop.FAILED
    assert action.reason.endswith(says)
    assert (here.said[0], "facts.yaml" in here.files) == (says, is_kept)


# --- 100 MB or endless output: streamed cap, process group killed ----------------------------------------------------


TOO_MUCH = "pen wrote more than 20 MB"


@pytest.mark.parametrize(
    ("script", "outcome", "says"),
    [
        ("yes", "failed", TOO_MUCH),
        pytest.param(f"{GOOD_SCRIPT}; head -c 100000000 /dev/zero", "failed", TOO_MUCH, marks=SLOW),
        (f"{GOOD_SCRIPT}; yes >&2 & yes >&2 & wait", "failed", TOO_MUCH),
        ("truncate -s 100000000 text.md", "refused", "is larger than 5 MB"),
    ],
    ids=["endless", "100 MB", "endless from children", "100 MB in its file"],
)
def test_100_mb_or_endless_output_of_a_program_meets_a_cap_and_its_process_group_is_killed(
    folder: Path, script: str, outcome: str, says: str
) -> None:
    here = place(folder, program(script), step={**WORDS, "attempts": 1})
    halted(here)
    assert (here.attempts, here.said[0], "text.md" in here.files) == ([(outcome, 1, "command")], says, False)


def test_100_mb_or_endless_output_of_a_model_is_streamed_up_to_a_cap(folder: Path) -> None:
    with Loopback(Reply(text="again " * 20_000, endless=True)) as server:
        here = place(folder, models((SMALL, server.address)), step={**WORDS, "attempts": 1})
        halted(here)
    assert here.said == ["openai:small went on past 1,000,000 characters: stopped"]
    assert (here.spent > 1, "text.md" in here.files) == (True, False)


# --- ANSI, OSC 52, bidi controls: stripped on display, raw kept ------------------------------------------------------

HOSTILE = "Three \x1b[31mred\x1b[0m words\x1b]52;c;aGk=\x07 \u202eand more\u202c."
HARMLESS = "Three red words and more."


def test_ansi_osc_52_and_bidi_controls_of_a_program_are_stripped_on_display_and_kept_raw(folder: Path) -> None:
    here = place(folder, program(f"printf '%s\\n' '{HOSTILE}' | tee text.md; echo '{HOSTILE}' >&2; exit 3"))
    halted(here)
    assert here.said == [f"pen ended with exit code 3: {HARMLESS}"]
    # Of the transcript the invisible characters are left out, since a secret may be hidden among them.
    assert here.transcripts.count(HOSTILE.replace("\u202e", "").replace("\u202c", "").encode()) == 4
    here.grant(**program(f"echo '{HOSTILE}' >text.md"))
    # A new job: what a halted one waits for is a person.
    again = replace(here, job=f"{here.job}-b")
    again.make()
    done(again)
    assert again.file("text.md") == f"{HOSTILE}\n"
    assert on_terminal(folder, "show", again.job, "text.md") == f"{HARMLESS}\n"


def test_ansi_osc_52_and_bidi_controls_of_a_model_are_stripped_on_display_and_kept_raw(folder: Path) -> None:
    with Loopback(Reply(text=HOSTILE)) as server:
        here = place(folder, models((SMALL, server.address)))
        done(here)
    assert here.file("text.md") == f"{HOSTILE}\n"
    assert on_terminal(folder, "show", here.job, "text.md") == f"{HARMLESS}\n"


# --- never returns: idle and wall-clock limits; TERM, then KILL, the whole group -------------------------------------


@pytest.mark.parametrize(
    ("script", "extras", "says"),
    [
        (SLEEP, {"timeout": 1}, "pen took more than 1 s"),
        (f"echo begun; {SLEEP} & {SLEEP}", {"idle": 1}, "pen wrote nothing for 1 s"),
        (f"trap '' TERM; (trap '' TERM; {SLEEP}) & {SLEEP}; {SLEEP}", {"timeout": 1}, "pen took more than 1 s"),
    ],
    ids=["wall clock", "idle", "deaf to TERM"],
)
def test_a_program_that_never_returns_meets_idle_and_wall_clock_limits_term_then_kill_the_whole_group(
    folder: Path, script: str, extras: dict[str, object], says: str
) -> None:
    here = place(folder, program(script), extras=extras)
    here.world = killed_soon(here.world, 0.1)
    record = here.advance()
    here.look_around()
    assert (record["outcome"], record["attempt"], record["tries"], here.said) == ("error", 1, 1, [says])
    here.grant(**program(GOOD_SCRIPT))
    done(here)
    assert here.attempts == [("error", 1, "command"), ("passed", 1, "command")]


@pytest.mark.parametrize(
    ("extras", "says"),
    [
        ({"idle": 1}, "said nothing for 1 s (idle)"),
        pytest.param({"timeout": 1}, "was not done after 1 s (timeout)", marks=SLOW),
    ],
    ids=["idle", "wall clock"],
)
def test_a_model_that_never_returns_meets_idle_and_wall_clock_limits(
    folder: Path, extras: dict[str, object], says: str
) -> None:
    with Loopback([Reply(text=TEXT, silent_after=2), GOOD]) as server:
        here = place(folder, models((SMALL, server.address)), extras=extras)
        record = here.advance()
        assert (record["outcome"], record["attempt"], here.said) == ("error", 1, [f"openai:small {says}"])
        lost = here.spent
        done(here)
    assert here.attempts == [("error", 1, SMALL), ("passed", 1, SMALL)]
    assert 0 < lost < here.spent


# --- exit 137 / 143: "killed, perhaps out of memory" / terminated; retryable -----------------------------------------


@pytest.mark.parametrize(
    ("number", "how", "says"),
    [
        (137, "kill", "pen was killed, perhaps out of memory"),
        (143, "exit", "pen was terminated"),
        pytest.param(137, "exit", "pen was killed, perhaps out of memory", marks=SLOW),
        pytest.param(143, "kill", "pen was terminated", marks=SLOW),
    ],
)
def test_exit_137_or_143_is_killed_perhaps_out_of_memory_or_terminated_and_retryable(
    folder: Path, number: int, how: str, says: str
) -> None:
    script = f"{GOOD_SCRIPT}; " + (f"exit {number}" if how == "exit" else f"kill -{number - 128} $$")
    here = place(folder, program(script))
    record = here.advance()
    here.look_around()
    assert (record["outcome"], record["attempt"], record["tries"], here.said) == ("error", 1, 1, [says])
    assert (record["wake_at"] > NOW, "text.md" in here.files) == (True, False)
    here.grant(**program(GOOD_SCRIPT))
    done(here)
    assert here.attempts == [("error", 1, "command"), ("passed", 1, "command")]
    assert here.time.slept == [record["wake_at"] - NOW]


# --- leaves children behind, holds stdout: reaped --------------------------------------------------------------------


def test_one_that_leaves_children_behind_which_hold_stdout_has_them_reaped(folder: Path) -> None:
    script = (
        f"{SLEEP} & setsid {SLEEP} & (setsid sh -c '{SLEEP} & {SLEEP}') & nohup {SLEEP} & "
        'echo "Three words of $ORCHESTRATOR_JOB" >text.md'
    )
    here = place(folder, program(script))
    done(here)
    # By this variable `look_around` would have found them.
    assert here.file("text.md") == f"Three words of {here.job}\n"


# --- says "done" with exit 0 but wrote nothing: failed ---------------------------------------------------------------


def test_a_program_that_says_done_with_exit_0_but_wrote_nothing_has_failed(folder: Path) -> None:
    here = place(folder, program("echo 'All done: text.md is written.'"))
    action = halted(here)
    assert here.attempts == [("failed", 1, "command"), ("failed", 2, "command")]
    assert action.reason == "draft failed after 2 attempts: pen said it was done, and wrote nothing of text.md"
    assert "text.md" not in here.files


def test_a_model_that_says_done_but_wrote_nothing_has_failed(folder: Path) -> None:
    step = {**WORDS, "writes": ["text.md", "more.md"]}
    with Loopback(Reply(value={"files": []})) as server:
        here = place(folder, models((SMALL, server.address)), step=step)
        halted(here)
    assert [outcome for outcome, _, _ in here.attempts] == ["failed", "failed"]
    assert here.said == [
        "openai:small: the answer does not fit: the answer must have the key files, a list of at least one file;"
        " it says '{\"files\": []}'"
    ]
    assert here.files & {"text.md", "more.md"} == set()


# --- 429, 5xx, DNS, time-out, 200 with an error inside: back-off, Retry-After obeyed; no attempt consumed ------------

ERROR_INSIDE = Reply(raw=b'{"error": {"message": "the engine is on fire"}}', content_type="application/json")


def waits(here: Place, says: str, wait: int | None) -> int:
    """Look that a first try fails, costs no attempt and is not made again too early; return the seconds of the wait."""
    record = here.advance()
    here.look_around()
    assert (record["outcome"], record["attempt"], record["tries"]) == ("error", 1, 1)
    assert here.said[0].startswith(says)
    until = int(record["wake_at"]) - NOW
    assert until == wait if wait else 1 <= until <= 2
    assert here.advance() == record  # too early: no entry
    assert "text.md" not in here.files
    return until


@pytest.mark.parametrize(
    ("fault", "says", "wait"),
    [
        (Reply(status=429, headers={"Retry-After": "7"}, message="slow down"), "answered 429: 'slow down'", 7),
        pytest.param(Reply(status=429, message="try again in 20s"), "answered 429: 'try again in 20s'", 20, marks=SLOW),
        pytest.param(Reply(status=500, message="down"), "answered 500: 'down'", None, marks=SLOW),
        (Reply(status=503, headers={"Retry-After": "9"}, message="down"), "answered 503: 'down'", 9),
        (Reply(is_dropped=True), "(HOST) broke off", None),
        pytest.param(Reply(silent_after=0), "was not done after 1 s (timeout)", None, marks=SLOW),
        (
            ERROR_INSIDE,
            ": it answered with application/json, not with a stream of events: 'the engine is on fire'",
            None,
        ),
    ],
    ids=["429", "429 in words", "500", "503", "reset", "time-out", "200 with an error inside"],
)
def test_429_5xx_time_out_or_200_with_an_error_inside_of_a_model_backs_off_obeys_retry_after_and_consumes_no_attempt(
    folder: Path, fault: Reply, says: str, wait: int | None
) -> None:
    with Loopback([fault, GOOD]) as server:
        here = place(folder, models((SMALL, server.address)), extras={"timeout": 1} if fault.silent_after == 0 else {})
        said = says.replace("HOST", server.address.removeprefix("http://"))
        until = waits(here, f"{SMALL}{'' if said.startswith(':') else ' '}{said}", wait)
        done(here)
        assert len(server.asked) == 2
    assert here.attempts == [("error", 1, SMALL), ("passed", 1, SMALL)]
    assert here.time.slept == [until]


def test_dns_that_knows_no_such_host_backs_off_and_consumes_no_attempt(folder: Path) -> None:
    here = place(folder, models((SMALL, "http://no-such-host.invalid")))
    waits(here, "openai:small (no-such-host.invalid) cannot be reached: ", None)
    assert here.spent == 0.0
    with Loopback(GOOD) as server:
        here.grant(**models((SMALL, server.address)))
        done(here)
    assert here.attempts == [("error", 1, SMALL), ("passed", 1, SMALL)]


def claude(result: str, **more: object) -> str:
    """Return a script that says what Claude Code says of a call that failed, having begun to write."""
    said = {"type": "result", "subtype": "success", "is_error": True, "result": result, "total_cost_usd": 0, **more}
    return f"{GOOD_SCRIPT}; printf '%s\\n' '{json.dumps(said)}'"


@pytest.mark.parametrize(
    ("script", "profile", "says", "wait"),
    [
        (claude("API Error: slow down", api_error_status=429), "claude", "API Error: slow down", None),
        (claude("Usage limit reached, try again in 7 seconds"), "claude", "Usage limit reached", 7),
        (claude("API Error: 529 overloaded", api_error_status=529), "claude", "API Error: 529 overloaded", None),
        (claude("getaddrinfo ENOTFOUND api", api_error="connection_failed"), "claude", "getaddrinfo ENOTFOUND", None),
        (claude("Request timed out"), "claude", "Request timed out", None),
        ("echo 'busy; try again in 7 seconds' >&2; exit 75", "script", "ended with exit code 75: busy", 7),
        pytest.param("echo 'it is away' >&2; exit 69", "script", "ended with exit code 69: it", None, marks=SLOW),
    ],
    ids=["429", "usage limit", "5xx", "DNS", "time-out", "EX_TEMPFAIL", "EX_UNAVAILABLE"],
)
def test_429_5xx_dns_time_out_or_exit_0_with_an_error_inside_of_a_program_backs_off_and_consumes_no_attempt(
    folder: Path, script: str, profile: str, says: str, wait: int | None
) -> None:
    here = place(folder, program(script, profile=profile))
    head = "pen could not do it: " if profile == "claude" else "pen "
    waits(here, f"{head}{says}", wait)
    here.grant(**program(GOOD_SCRIPT))
    done(here)
    assert here.attempts == [("error", 1, "command"), ("passed", 1, "command")]


def test_a_retry_after_of_more_than_a_minute_holds_no_process(folder: Path) -> None:
    with Loopback([Reply(status=429, headers={"Retry-After": "600"}), GOOD]) as server:
        here = place(folder, models((SMALL, server.address)))
        rested = here.run()
        assert isinstance(rested.action, Await)
        assert (exit_code(rested.action), rested.action.until, here.time.slept) == (5, NOW + 600, [])
        assert here.record["down"] == {SMALL: NOW + 600}
        assert (here.run().entries, len(server.asked)) == (0, 1)
        here.time.now += 600
        done(here)
    assert here.attempts == [("error", 1, SMALL), ("passed", 1, SMALL)]


def test_5xx_without_end_is_tried_five_times_and_is_then_a_persons(folder: Path) -> None:
    with Loopback(Reply(status=503, message="down")) as server:
        here = place(folder, models((SMALL, server.address)))
        action = halted(here)
        assert len(server.asked) == 5
    # A provider that failed twice is left for a minute at least, each time; nobody holds a process for longer.
    assert all(1 <= seconds <= 60 for seconds in here.time.slept)
    assert action.reason == "draft could not be done in 5 tries: openai:small answered 503: 'down'"
    assert here.attempts == [("error", 1, SMALL)] * 5


# --- truncated stream, max_tokens stop: never accepted as complete ---------------------------------------------------


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text="Three good words. " * 50, cut_after=4),
        Reply(text="Three good words. " * 50, cut_after=4, is_clean_cut=True),
        Reply(text="Three good words. " * 50, fails_after=4),
    ],
    ids=["cut", "cut as if it were whole", "error in the stream"],
)
@pytest.mark.parametrize("name", [SMALL, pytest.param("anthropic:small", marks=SLOW)])
def test_a_truncated_stream_of_a_model_is_never_accepted_as_complete(folder: Path, reply: Reply, name: str) -> None:
    with Loopback([reply, GOOD]) as server:
        here = place(folder, models((name, server.address)))
        record = here.advance()
        here.look_around()
        assert (record["outcome"], record["attempt"], "text.md" in here.files) == ("error", 1, False)
        lost = here.spent
        done(here)
    assert (here.file("text.md"), 0 < lost < here.spent) == (f"{TEXT}\n", True)


@pytest.mark.parametrize("name", [SMALL, pytest.param("anthropic:small", marks=SLOW)])
def test_a_max_tokens_stop_of_a_model_is_never_accepted_as_complete(folder: Path, name: str) -> None:
    with Loopback([Reply(text="Three good words, and", stop="length"), GOOD]) as server:
        here = place(folder, models((name, server.address)), extras={"max_output_tokens": 64})
        record = here.advance()
        assert (record["outcome"], record["attempt"], "text.md" in here.files) == ("failed", 1, False)
        says = f"{name} was cut short at 64 tokens (max_output_tokens); its end: 'Three good words, and'"
        assert here.said == [says]
        done(here)
        assert says in server.asked[1].prompt
    assert here.attempts == [("failed", 1, name), ("passed", 2, name)]


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"type": "assistant", "message": {}}, "pen broke off: its output has no end"),
        ({"type": "result", "stop_reason": "max_tokens"}, "pen stopped at its limit of output tokens"),
    ],
    ids=["truncated stream", "max_tokens"],
)
def test_a_truncated_stream_or_max_tokens_stop_of_a_program_is_never_accepted_as_complete(
    folder: Path, said: dict[str, object], says: str
) -> None:
    here = place(folder, program(f"{GOOD_SCRIPT}; echo '{json.dumps(said)}'", profile="claude"))
    halted(here)
    assert here.said == [says]
    assert here.attempts == [("failed", 1, "command"), ("failed", 2, "command")]
    assert "text.md" not in here.files


# --- cost limit reached mid-step: stopped before the next call -------------------------------------------------------


def test_cost_limit_reached_mid_step_of_a_model_is_stopped_before_the_next_call(folder: Path) -> None:
    # What does not fit is asked for once more, unless the first answer has cost what was reserved for both.
    with Loopback(Reply(value={"score": "high"}, tokens_in=100_000)) as server:
        settings = {**models((SMALL, server.address)), "budget": {"call": 0.05, "job": 0.11}}
        here = place(folder, settings, step=FACTS)
        here.advance()
        assert "score is to be a whole number" in here.said[0]
        assert "it was not asked to mend it: it may cost $" in here.said[0]
        action = halted(here)
        assert len(server.asked) == 1
    assert (action.stop, here.spent) == (Stop.BUDGET, 0.1001)
    assert "$0.1001 of the job's $0.1100 is spent" in action.reason
    assert here.attempts == [("failed", 1, SMALL)]


def test_cost_limit_reached_mid_step_of_a_program_is_counted_and_stops_before_the_next_call(folder: Path) -> None:
    said = {"type": "result", "subtype": "error_max_budget_usd", "total_cost_usd": 0.4}
    settings = program(f"{GOOD_SCRIPT}; echo '{json.dumps(said)}'", profile="claude", env=["SHOP_KEY"])
    here = place(folder, {**settings, "budget": {"call": 0.3, "job": 0.4}})
    action = halted(here)
    assert here.said == ["pen stopped at its limit of cost (--max-budget-usd)"]
    assert (action.stop, here.spent, here.attempts) == (Stop.BUDGET, 0.4, [("failed", 1, "command")])
    assert "$0.4000 of the job's $0.4000 is spent" in action.reason
    assert "text.md" not in here.files
