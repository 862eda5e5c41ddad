"""Programs as agents: what they are handed, what of their work is taken, and how they fail."""

from collections.abc import Callable
from pathlib import Path

import pytest
from command_cases import FILES, Scratch, agent, answered, ends, failed, played, request

from orchestrator.agents.interface import Underway
from orchestrator.model.action import Basis, Trouble, Usage
from orchestrator.model.agent import AgentExtras
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.outside import CannotRun, ScratchCall, ScratchEnd

LISTING = {"listing.md": b"# Mug\n"}
POLISHED = {"listing.md": b"# Mug\n", "design.svg": b"<svg></svg>"}


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "scratch")


def told(findings: tuple[Finding, ...]) -> list[str]:
    assert all(each.severity is Severity.CRITICAL and each.check == "admission" for each in findings)
    return list(map(str, findings))


# --- what it is handed -----------------------------------------------------------------------------------------------


def test_the_prompt_stands_on_stdin_after_the_roles_own_words(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("repeats"), request(system="You write.\n")))
    assert found.files == {"listing.md": b"You write.\n\nWrite the listing."}


def test_the_checkout_holds_just_what_the_step_reads(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("lists")))
    assert found.files == {"listing.md": b"../workspace/memory/style.md\nbrief.md"}


def test_the_prompt_may_be_an_argument(scratch: Scratch) -> None:
    found = answered(
        played(scratch, ("/bin/sh", "-c", 'printf %s "$1" >listing.md; cat >>listing.md', "sh", "{prompt}"))
    )
    assert found.files == {"listing.md": b"Write the listing."}


def test_a_prompt_that_is_too_long_for_an_argument_is_said_to_be(scratch: Scratch) -> None:
    found = failed(played(scratch, ("/bin/echo", "{prompt}"), request(system="x" * 131_060)))
    assert found.message == (
        "the prompt for pen has 131,080 bytes, and an argument has room for 131,071; leave {prompt} out of its argv in"
        " orchestrator.yaml, and it stands on stdin"
    )
    assert (found.trouble, found.is_transient, found.usage, scratch.calls) == (Trouble.DENIED, False, Usage(), [])


def test_its_environment_is_what_the_settings_name_and_is_set(scratch: Scratch) -> None:
    environ = {"API_TOKEN": "abcdef", "HOME_SECRET": "no", "PATH": "/no"}
    found = answered(played(scratch, agent("environment"), environ=environ, env=("API_TOKEN", "UNSET")))
    names = [line.partition("=")[0] for line in found.files["listing.md"].decode().split("\n")]
    assert names == [
        "API_TOKEN",
        "CI",
        "DO_NOT_TRACK",
        "HANDED",
        "NO_COLOR",
        "ORCHESTRATOR_ATTEMPT",
        "ORCHESTRATOR_JOB",
        "ORCHESTRATOR_STEP",
        "ORCHESTRATOR_WRITES",
        "PATH",
        "PYTHONDONTWRITEBYTECODE",
        "TERM",
    ]


def test_a_script_may_read_the_request_as_a_file(scratch: Scratch) -> None:
    finding = Finding(severity=Severity.MAJOR, message="is long", file="listing.md")
    found = answered(played(scratch, agent("handed"), request(findings=(finding,))))
    assert (
        found.files["listing.md"].decode()
        == """Write the listing.|{
  "job": "mug",
  "title": "Mug",
  "step": "draft",
  "attempt": 1,
  "agent": "writer",
  "system": "",
  "prompt": "Write the listing.",
  "files": [
    "/memory/style.md",
    "brief.md"
  ],
  "writes": [
    "listing.md"
  ],
  "params": {},
  "findings": [
    {
      "severity": "major",
      "message": "is long",
      "file": "listing.md"
    }
  ]
}
"""
    )


def test_limits_and_grants_of_the_settings_and_the_agents_file_reach_the_call(scratch: Scratch) -> None:
    grants = {"network": ("api.example.com:443",), "sees": ("/opt/pen",)}
    asked = request(extras=AgentExtras(timeout=7, idle=3, network=True))
    played(scratch, agent("writes"), asked, granted=grants)
    call = scratch.calls[0]
    assert (call.timeout, call.idle, call.network, call.sees) == (7.0, 3.0, ("api.example.com:443",), ("/opt/pen",))


def test_an_agent_whose_file_does_not_ask_for_the_network_has_none(scratch: Scratch) -> None:
    played(scratch, agent("writes"), network=("api.example.com:443",))
    assert scratch.calls[0].network == ()


# --- the observed diff -----------------------------------------------------------------------------------------------


def test_the_result_is_what_changed_of_what_the_step_writes(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("writes")))
    assert (found.files, found.refused, found.stop) == (LISTING, (), "exit 0")
    assert found.transcript == b"--- told\nWrite the listing.\n"


def test_says_done_with_exit_0_but_wrote_nothing(scratch: Scratch) -> None:
    found = failed(played(scratch, agent("nothing")))
    assert found.message == "pen said it was done, and wrote nothing of listing.md"
    assert (found.trouble, found.is_transient, found.agent, found.backend) == (Trouble.WORK, False, "writer", "command")
    assert found.transcript == b"--- told\nWrite the listing.\n--- stdout\nAll done.\n\n"


def test_an_empty_file_is_none() -> None:
    end = ScratchEnd(0, b"", b"", {"listing.md": b""})
    assert failed(played(ends(end), ("pen",))).message == "pen said it was done, and wrote nothing of listing.md"


def test_what_it_changed_beside_that_is_refused_and_recorded(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("strays")))
    assert found.files == LISTING
    assert told(found.refused) == [
        "/memory/x.md: written, and the step writes listing.md",
        "brief.md: changed, and the step writes listing.md",
        "state.yaml: written, and the step writes listing.md",
    ]


def test_of_very_many_strays_the_first_are_told_and_the_others_counted() -> None:
    files = {f"cache/{number:04}": b"x" for number in range(1_500)}
    found = answered(played(ends(ScratchEnd(0, b"", b"", {**LISTING, **files})), ("pen",)))
    assert len(found.refused) == 21
    assert found.refused[-1].message == "1,480 more paths were changed that are not the step's to write"


def test_a_file_that_was_read_and_deleted_is_no_matter(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("deletes")))
    assert (found.files, found.refused) == (LISTING, ())


def test_a_file_that_the_step_writes_and_that_was_deleted_is_not_written(scratch: Scratch) -> None:
    asked = request(files=POLISHED, writes=("listing.md", "design.svg"))
    found = answered(played(scratch, agent("deletes-its-own"), asked))
    assert found.files == {"design.svg": b"<svg/>"}
    assert told(found.refused) == ["listing.md: was deleted, and the step writes it"]


def test_what_the_step_reads_and_writes_may_be_left_as_it_is(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("leaves-alone"), request(files=POLISHED, writes=tuple(POLISHED))))
    assert (found.files, found.refused) == ({}, ())


def test_a_path_that_is_no_plain_file_is_refused_and_shown_without_harm() -> None:
    odd = {"listing.md": "a symbolic link", "a\x1b]52;c;x\x07\u202e.md": "a FIFO"}
    found = answered(played(ends(ScratchEnd(0, b"", b"", {}, odd)), ("pen",)))
    assert found.files == {}
    assert told(found.refused) == [
        "'a\\\\x1b]52;c;x\\\\x07\\\\u202e.md': a FIFO",
        "listing.md: a symbolic link",
    ]


@pytest.mark.parametrize("path", ["../x", ".git/hooks/pre-commit", "a/../../b", "state.yaml"])
def test_whatever_path_stands_there_nothing_but_what_the_step_writes_is_taken(path: str) -> None:
    found = answered(played(ends(ScratchEnd(0, b"", b"", {path: b"x"})), ("pen",)))
    assert found.files == {}
    assert [each.severity for each in found.refused] == [Severity.CRITICAL]


def test_a_folder_or_a_pattern_that_the_step_writes_is_written_where_anything_of_it_is(scratch: Scratch) -> None:
    asked = request(writes=("*.md", "pictures/"))
    assert answered(played(scratch, agent("writes"), asked)).files == LISTING
    found = failed(played(ends(ScratchEnd(0, b"", b"", {})), ("pen",), request(files={}, writes=("*.md", "pictures/"))))
    assert found.message == "pen said it was done, and wrote nothing of *.md, pictures/"


def test_empty_garbage_or_binary_files_are_handed_on_whole_for_the_gate_to_judge(scratch: Scratch) -> None:
    assert answered(played(scratch, agent("binary"))).files == {"listing.md": bytes(range(256))}


# --- how it fails ----------------------------------------------------------------------------------------------------


def test_an_exit_code_fails_with_the_last_words_of_stderr_in_which_ansi_osc_52_and_bidi_controls_are_stripped(
    scratch: Scratch,
) -> None:
    found = failed(played(scratch, agent("complains")))
    assert found.message == "pen ended with exit code 3: first last line evil"
    assert (found.trouble, found.is_transient) == (Trouble.WORK, False)
    assert b"\x1b]52;c;aGk=\x07" in found.transcript  # raw kept


def test_of_long_last_words_the_end_is_told() -> None:
    found = failed(played(ends(ScratchEnd(1, b"", b"word " * 1000 + b"end", {})), ("pen",)))
    head, _, tail = found.message.partition(": ")
    assert (head, len(tail), tail[:6], tail[-9:]) == ("pen ended with exit code 1", 300, "… word", " word end")


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (("exits", "137"), "pen was killed, perhaps out of memory"),
        (("dies", "SIGKILL"), "pen was killed, perhaps out of memory"),
        (("exits", "143"), "pen was terminated"),
        (("dies", "SIGTERM"), "pen was terminated"),
    ],
)
def test_exit_137_or_143_is_killed_or_terminated_and_retryable(
    scratch: Scratch, scenario: tuple[str, str], message: str
) -> None:
    found = failed(played(scratch, agent(*scenario)))
    assert (found.message, found.is_transient) == (message, True)


@pytest.mark.parametrize(
    ("why", "message", "is_transient"),
    [
        ("took more than 300 s", "pen took more than 300 s", True),
        ("wrote nothing for 60 s", "pen wrote nothing for 60 s", True),
        ("took more than 600 s of processor time", "pen took more than 600 s of processor time", False),
        ("wrote more than 2 MB", "pen wrote more than 2 MB", False),
        ("held more than 1 GB of memory", "pen held more than 1 GB of memory", False),
        ("ran more than 256 processes at a time", "pen ran more than 256 processes at a time", False),
        ("killed by SIGKILL, perhaps for want of memory", "pen was killed, perhaps out of memory", True),
        ("killed by SIGTERM", "pen was terminated", True),
        ("killed by SIGSEGV", "pen was killed by SIGSEGV", False),
    ],
)
def test_never_returns_or_100_mb_or_endless_output_or_another_limit_is_a_fault_that_names_it(
    why: str, message: str, is_transient: bool
) -> None:
    found = failed(played(ends(ScratchEnd(None, b"", b"", LISTING, why=why)), ("pen",)))
    assert (found.message, found.is_transient) == (message, is_transient)


@pytest.mark.parametrize(
    ("status", "trouble", "is_transient"),
    [(75, Trouble.BUSY, True), (69, Trouble.OUTAGE, True), (77, Trouble.DENIED, False), (2, Trouble.WORK, False)],
)
def test_a_script_says_by_its_exit_code_what_trouble_it_is_in(
    scratch: Scratch, status: int, trouble: Trouble, is_transient: bool
) -> None:
    found = failed(played(scratch, agent("exits", str(status))))
    assert (found.message, found.trouble, found.is_transient) == (
        f"pen ended with exit code {status}",
        trouble,
        is_transient,
    )


def test_a_script_that_is_busy_may_say_for_how_long(scratch: Scratch) -> None:
    found = failed(played(scratch, agent("says", "", "try again in 2 minutes", "75")))
    assert (found.trouble, found.retry_after) == (Trouble.BUSY, 120)


def cannot(reason: str) -> Callable[[ScratchCall], ScratchEnd]:
    def run(_: ScratchCall) -> ScratchEnd:
        raise CannotRun(reason)

    return run


def test_a_program_that_is_not_there_is_denied_with_what_to_install() -> None:
    reason = "'claude' is not there, or is no program; install it, or mend commands in orchestrator.yaml"
    found = failed(played(cannot(reason), ("claude",), profile="claude"))
    assert found.message == f"{reason}; to install Claude Code: npm install -g @anthropic-ai/claude-code"
    assert (found.trouble, found.is_transient, found.usage) == (Trouble.DENIED, False, Usage())


def test_a_sandbox_that_is_required_and_not_there_is_no_matter_of_the_program() -> None:
    assert failed(played(cannot("no sandbox works here"), ("claude",), profile="claude")).message == (
        "no sandbox works here"
    )


def test_an_unknown_profile_is_denied_with_the_nearest() -> None:
    found = failed(played(cannot("never run"), ("claude",), profile="cluade"))
    assert found.message == (
        "commands.pen.profile in orchestrator.yaml is 'cluade', and no such profile is known; did you mean \"claude\"?"
    )
    assert found.trouble is Trouble.DENIED


# --- secrets ---------------------------------------------------------------------------------------------------------

TOKEN = {"API_TOKEN": "correct-horse-battery"}


def test_no_value_of_a_passed_variable_stands_in_a_message_or_a_transcript(scratch: Scratch) -> None:
    found = failed(played(scratch, agent("tells"), environ=TOKEN, env=("API_TOKEN",)))
    assert found.message == "pen ended with exit code 1: token [$API_TOKEN]"
    assert found.transcript == (
        b"--- told\nWrite the listing.\n--- stdout\n[$API_TOKEN]\n\n--- stderr\ntoken [$API_TOKEN]\n\n"
    )


def test_a_file_that_holds_the_value_of_a_passed_secret_is_refused(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("leaks"), environ=TOKEN, env=("API_TOKEN",)))
    assert found.files == {}
    assert told(found.refused) == ["listing.md: holds the value of $API_TOKEN, which the program was handed"]


def test_a_path_that_holds_the_value_of_a_passed_secret_is_not_shown() -> None:
    end = ScratchEnd(0, b"", b"", {"x-correct-horse-battery.md": b"x"})
    found = answered(played(ends(end), ("pen",), environ=TOKEN, env=("API_TOKEN",)))
    assert told(found.refused) == ["'x-[$API_TOKEN].md': written, and the step writes listing.md"]


PARTED = ("\x1b[0m", "\u200b", "\u00ad", "\x00", "\x1b\u200b]0;x\x07", "\x1b[1m\u2060\x1b[0m")
WORD = TOKEN["API_TOKEN"]


@pytest.mark.parametrize("parted", PARTED)
def test_a_value_that_something_unseen_parts_is_put_together_nowhere(parted: str) -> None:
    said = f"one\ntoken {WORD[:9]}{parted}{WORD[9:]} x\ntwo\n".encode()
    told: list[Underway] = []

    def scratch(call: ScratchCall) -> ScratchEnd:
        assert call.hear is not None
        call.hear(said.splitlines(keepends=True)[1])
        return ScratchEnd(4, b"", said, {})

    found = failed(played(scratch, ("pen",), request(tell=told.append), environ=TOKEN, env=("API_TOKEN",)))
    assert found.message == "pen ended with exit code 4: one token [$API_TOKEN] x two"
    assert found.transcript == (
        b"--- told\nWrite the listing.\n--- stderr\none\n[a line that held $API_TOKEN]\ntwo\n\n"
    )
    assert [each.note for each in told] == ["token [$API_TOKEN] x"]


@pytest.mark.parametrize("parted", PARTED)
def test_a_file_that_holds_a_parted_value_is_refused(parted: str) -> None:
    end = ScratchEnd(0, b"", b"", {"listing.md": f"é {WORD[:9]}{parted}{WORD[9:]}\n".encode()})
    found = answered(played(ends(end), ("pen",), environ=TOKEN, env=("API_TOKEN",)))
    assert told(found.refused) == ["listing.md: holds the value of $API_TOKEN, which the program was handed"]


def test_a_value_of_two_lines_is_hidden_on_one_line_too() -> None:
    end = ScratchEnd(1, b"", b"token first-half\nsecond-half x first-half second-half", {})
    environ = {"API_TOKEN": "first-half\nsecond-half"}
    found = failed(played(ends(end), ("pen",), environ=environ, env=("API_TOKEN",)))
    assert found.message == "pen ended with exit code 1: token [$API_TOKEN] x [$API_TOKEN]"


# --- figures and progress --------------------------------------------------------------------------------------------


def test_a_script_without_a_network_and_an_environment_is_free(scratch: Scratch) -> None:
    assert answered(played(scratch, agent("writes"))).usage == Usage(basis=Basis.FREE)


@pytest.mark.parametrize("granted", [{"network": ("api.example.com:443",)}, {"env": ("API_TOKEN",)}])
def test_what_a_script_that_may_call_somebody_costs_is_unknown_and_its_reserve_is_booked(
    scratch: Scratch, granted: dict[str, tuple[str, ...]]
) -> None:
    asked = request(extras=AgentExtras(network=True))
    assert answered(played(scratch, agent("writes"), asked, granted=granted)).usage == Usage(
        cost_usd=0.25, basis=Basis.UNKNOWN
    )


@pytest.mark.parametrize(
    ("lines", "note"), [(("one", "\x1b[2J\u202etwo", ""), "two"), (("x" * 100,), "…" + "x" * 79), (("é",), "é")]
)
def test_the_last_line_is_told_as_it_comes_without_what_steers_a_terminal(
    scratch: Scratch, lines: tuple[str, ...], note: str
) -> None:
    heard: list[Underway] = []
    played(scratch, agent("streams", *lines), request(tell=heard.append))
    assert heard == [Underway(note=note)]


# --- text ------------------------------------------------------------------------------------------------------------


def test_of_a_filter_stdout_is_the_one_file(scratch: Scratch) -> None:
    found = answered(played(scratch, agent("shouts"), profile="text"))
    assert (found.files, found.usage.basis) == ({"listing.md": b"WRITE THE LISTING."}, Basis.FREE)


def test_of_a_filter_stdout_is_the_file_byte_for_byte_and_what_is_told_of_it_is_not() -> None:
    def scratch(call: ScratchCall) -> ScratchEnd:
        return ScratchEnd(0, b"see /notes.md\n", b"", call.files, written=b"see ../workspace/notes.md\n")

    found = answered(played(scratch, ("tr",), profile="text"))
    assert found.files == {"listing.md": b"see ../workspace/notes.md\n"}
    assert found.transcript == b"--- told\nWrite the listing.\n--- stdout\nsee /notes.md\n\n"


def test_a_filter_that_says_nothing_wrote_nothing(scratch: Scratch) -> None:
    found = failed(played(scratch, agent("says", " \n"), profile="text"))
    assert found.message == "pen said it was done, and wrote nothing of listing.md"


def test_a_filter_that_writes_the_file_itself_is_taken_by_the_file(scratch: Scratch) -> None:
    assert answered(played(scratch, agent("says-and-writes", "done"), profile="text")).files == LISTING


@pytest.mark.parametrize("writes", [("a.md", "b.md"), ("out/",), ()])
def test_a_filter_plays_only_steps_that_write_one_file(writes: tuple[str, ...]) -> None:
    found = failed(played(cannot("never run"), ("tr",), request(writes=writes), profile="text"))
    assert found.message == (
        "pen answers with the one file that a step writes, and draft writes "
        f"{', '.join(writes) or 'nothing'}; give it a program that writes files, with another profile"
    )
    assert found.trouble is Trouble.DENIED


def test_the_files_it_was_handed_are_the_requests_own(scratch: Scratch) -> None:
    played(scratch, agent("writes"))
    assert dict(scratch.calls[0].files) == FILES
