"""The check `command`: exit codes, findings in JSON and SARIF, and all that is no judgement."""

import json
import os
from dataclasses import dataclass, field

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import CannotRun, NothingOutside
from orchestrator.gates.registry import find
from orchestrator.model.outside import CommandCall, CommandEnd
from orchestrator.model.settings import Command
from orchestrator.outside.commands import Runner

COULD_NOT = "critical the check could not run: "
BAD = {"severity": "major", "message": "too long", "file": "a.md", "line": 2, "suggestion": "cut"}
SARIF = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {"driver": {"name": "vale"}},
            "results": [
                {
                    "ruleId": "Vale.Spelling",
                    "level": "error",
                    "message": {"text": "mugg"},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "a.md"}, "region": {"startLine": 1}}}
                    ],
                }
            ],
        }
    ],
}


@dataclass
class Ending(NothingOutside):
    end: CommandEnd
    calls: list[CommandCall] = field(default_factory=list)

    def command(self, call: CommandCall) -> CommandEnd:
        self.calls.append(call)
        return self.end


def ending(status: int | None, stdout: object = b"", stderr: bytes = b"", why: str | None = None) -> Ending:
    text = stdout if isinstance(stdout, bytes) else json.dumps(stdout).encode()
    return Ending(CommandEnd(status, text, stderr, why))


def judged(outside: NothingOutside, **settings: object) -> list[str]:
    return said({"command": {"run": "vale", **settings}}, material({"a.md": "text\n"}, outside=outside))


# --- exit codes ------------------------------------------------------------------------------------------------------


def test_exit_code_0_passes_whatever_it_says() -> None:
    assert judged(ending(0, b"all is well\n", b"warning: none\n")) == ["pass"]


@pytest.mark.parametrize("status", [1, 2, 125, 128, 129, 131, 140, 142, 255])
def test_another_exit_code_is_one_finding(status: int) -> None:
    told = f"major vale ended with exit code {status}: a.md is wrong -> mend what it says"
    assert judged(ending(status, b"", b"a.md is\x1b[31m wrong\x1b[0m\n")) == ["fail", told]


def test_what_it_says_of_errors_is_told_before_what_it_prints() -> None:
    assert judged(ending(1, b"printed", b" \n"))[1] == "major vale ended with exit code 1: printed -> mend what it says"
    assert judged(ending(1, b"printed", b"said"))[1] == "major vale ended with exit code 1: said -> mend what it says"
    assert judged(ending(1))[1] == "major vale ended with exit code 1 -> mend what it says"


HEAD = "vale ended with exit code 1: "
ROOM = 500 - len(HEAD)


@pytest.mark.parametrize(
    ("length", "tail"),
    [
        (ROOM - 1, "x" * (ROOM - 1)),
        (ROOM, "x" * ROOM),
        (ROOM + 1, "…" + "x" * (ROOM - 1)),
        (9_999, "…" + "x" * (ROOM - 1)),
    ],
)
def test_the_message_is_as_long_as_a_finding_may_be_and_keeps_the_end(length: int, tail: str) -> None:
    assert judged(ending(1, b"", b"x" * length)) == ["fail", f"major {HEAD}{tail} -> mend what it says"]


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (126, "what it was to run is no program"),
        (127, "what it was to run is not there"),
        (130, "what it ran was killed by SIGINT"),
        (132, "what it ran was killed by SIGILL"),
        (134, "what it ran was killed by SIGABRT"),
        (136, "what it ran was killed by SIGFPE"),
        (137, "what it ran was killed by SIGKILL"),
        (139, "what it ran was killed by SIGSEGV"),
        (143, "what it ran was killed by SIGTERM"),
        (152, "what it ran was killed by SIGXCPU"),
        (153, "what it ran was killed by SIGXFSZ"),
    ],
)
def test_what_never_came_to_judge_is_an_error(status: int, why: str) -> None:
    told = judged(ending(status, [BAD], b"sh: gone"))
    assert told == ["error", f"{COULD_NOT}vale ended with exit code {status}: {why}: sh: gone"]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("took more than 60 s", "took more than 60 s"),
        ("killed by SIGSEGV", "was killed by SIGSEGV"),
        (None, "did not end"),
    ],
)
def test_what_was_killed_is_an_error_whatever_it_printed(why: str | None, words: str) -> None:
    assert judged(ending(None, [], why=why)) == ["error", f"{COULD_NOT}vale {words}: []"]


# --- findings in JSON ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("printed", ["auto", "json"])
def test_findings_that_it_prints_are_the_checks_whatever_its_exit_code(status: int, printed: str) -> None:
    told = ["fail", "major a.md:2: too long -> cut"]
    assert judged(ending(status, [BAD]), findings=printed) == told
    assert judged(ending(status, {"findings": [BAD]}), findings=printed) == told


@pytest.mark.parametrize("severity", ["minor", "info"])
@pytest.mark.parametrize("printed", [[], [{"severity": "minor", "message": "long"}]])
def test_an_exit_code_is_no_pass_where_no_finding_fails(severity: str, printed: list[dict[str, str]]) -> None:
    found = [{**each, "severity": severity} for each in printed]
    tail = json.dumps(found)
    remarks = [f"{severity} long"] * len(found)
    assert judged(ending(1, found)) == [
        "fail",
        *remarks,
        f"major vale ended with exit code 1: {tail} -> mend what it says",
    ]
    assert judged(ending(0, found)) == ["pass", *remarks]


def test_a_critical_finding_says_enough_of_an_exit_code() -> None:
    assert judged(ending(1, [{**BAD, "severity": "critical"}])) == ["fail", "critical a.md:2: too long -> cut"]


def test_a_severity_of_the_gate_is_that_of_all_it_says() -> None:
    assert judged(ending(0, [BAD]), severity="minor") == ["pass", "minor a.md:2: too long -> cut"]
    assert judged(ending(1, b"", b"no"), severity="info") == [
        "pass",
        "info vale ended with exit code 1: no -> mend what it says",
    ]


BROKEN = b'[{"severity": "major", "message": '


@pytest.mark.parametrize("status", [0, 1])
def test_broken_json_is_an_error_where_json_is_wanted(status: int) -> None:
    told = judged(ending(status, BROKEN), findings="json")
    why = "vale prints findings that cannot be read: stdout:1:34: no JSON: EOF while parsing a value"
    assert told == ["error", COULD_NOT + why]


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize("text", [b"", b"all is well", b"[ok] done"])
def test_no_json_is_an_error_where_json_or_sarif_is_wanted(status: int, text: bytes) -> None:
    for printed in ("json", "sarif"):
        (verdict, told) = judged(ending(status, text), findings=printed)
        assert (verdict, told.startswith(COULD_NOT + "vale prints findings that cannot be read: stdout:")) == (
            "error",
            True,
        )


@pytest.mark.parametrize("text", [BROKEN, b"{", b"[", b'{"findings": 7}', b'[{"severity": "bad", "message": "m"}]'])
def test_what_looks_like_findings_and_is_not_is_no_pass(text: bytes) -> None:
    assert judged(ending(0, text))[0] == "error"
    (verdict, told) = judged(ending(1, text))
    assert (verdict, told.startswith("major vale ended with exit code 1: ")) == ("fail", True)


@pytest.mark.parametrize("text", [b'{"files": 3}', b'[{"path": "a.md", "messages": []}]', b"[ok] done", b"{curly}"])
def test_output_about_something_else_is_judged_by_the_exit_code(text: bytes) -> None:
    assert judged(ending(0, text)) == ["pass"]
    assert judged(ending(1, text))[0] == "fail"


def test_what_it_prints_is_not_looked_at_where_it_prints_no_findings() -> None:
    assert judged(ending(0, [BAD]), findings="none") == ["pass"]
    assert judged(ending(0, BROKEN), findings="none") == ["pass"]
    assert judged(ending(1, [], b"no"), findings="none")[0] == "fail"


# --- SARIF -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("printed", ["auto", "sarif"])
def test_sarif_is_read(printed: str) -> None:
    assert judged(ending(0, SARIF), findings=printed) == ["fail", "major Vale.Spelling a.md:1: mugg"]


def test_findings_of_another_form_than_the_one_wanted_are_an_error() -> None:
    assert judged(ending(0, SARIF), findings="json")[0] == "error"
    assert judged(ending(0, [BAD]), findings="sarif")[0] == "error"


@pytest.mark.parametrize("status", [0, 1])
def test_a_program_that_says_that_it_failed_has_not_judged(status: int) -> None:
    failed = {"version": "2.1.0", "runs": [{"invocations": [{"executionSuccessful": False}], "results": []}]}
    why = "vale says that it could not do its work: its run was not successful"
    assert judged(ending(status, failed)) == ["error", COULD_NOT + why]


# --- what it is handed -----------------------------------------------------------------------------------------------

FILES = {"a.md": "a", "sources/b.md": "b", "c.txt": "c"}


def handed(**settings: object) -> CommandCall:
    outside = ending(0)
    assert said({"command": {"run": "vale", **settings}}, material(FILES, outside=outside)) == ["pass"]
    return outside.calls[0]


def test_it_is_handed_all_files_no_arguments_and_a_minute() -> None:
    call = handed()
    assert (call.name, dict(call.files), call.arguments, call.timeout) == (
        "vale",
        {path: text.encode() for path, text in FILES.items()},
        (),
        60,
    )


def test_files_arguments_and_time_can_be_named() -> None:
    call = handed(files=["a.md", "sources/"], arguments=["a.md", "en_GB"], timeout=0.5)
    assert (sorted(call.files), call.arguments, call.timeout) == (["a.md", "sources/b.md"], ("a.md", "en_GB"), 0.5)


def test_a_pattern_may_match_nothing_and_a_named_file_may_not_be_missing() -> None:
    assert dict(handed(files=["*.rst", "none/"]).files) == {}
    outside = ending(0)
    told = said({"command": {"run": "vale", "files": ["d.md"]}}, material(FILES, outside=outside))
    assert told == [
        "error",
        COULD_NOT + "'d.md' is not there to be handed to vale, or not among the step's reads or gate_reads",
    ]
    assert outside.calls == []


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "run: missing key"),
        ({"run": ""}, "run: must not be empty"),
        ({"run": "x", "timeout": 0}, "timeout: must be more than 0"),
        ({"run": "x", "timeout": 3601}, "timeout: must be at most 3600"),
        ({"run": "x", "files": ["../y"]}, "files.0: '../y' must be a plain relative path"),
        ({"run": "x", "arguments": ["-c"]}, "arguments.0: '-c' is an option; options stand with the command"),
        ({"run": "x", "arguments": ["+x"]}, "arguments.0: '+x' is an option"),
        ({"run": "x", "arguments": ["@x"]}, "arguments.0: '@x' is an option"),
        ({"run": "x", "arguments": ["a\nb"]}, "arguments.0: an argument is a text of 1 to 200 characters"),
        ({"run": "x", "arguments": [""]}, "arguments.0: an argument is a text of 1 to 200 characters"),
        ({"run": "x", "arguments": ["x" * 201]}, "arguments.0: an argument is a text of 1 to 200 characters"),
        ({"run": "x", "arguments": ["x"] * 101}, "arguments: must have at most 100, and has 101"),
        ({"run": "x", "findings": "yes"}, "findings: must be one of auto, json, sarif, none, not 'yes'"),
    ],
)
def test_wrong_settings_are_told(settings: object, why: str) -> None:
    outside = ending(0)
    (verdict, told) = said({"command": settings}, material(FILES, outside=outside))
    assert (verdict, told.startswith(f"{COULD_NOT}its settings are wrong: {why}"), outside.calls) == ("error", True, [])


def test_settings_at_their_bounds_are_taken() -> None:
    call = handed(timeout=3600, arguments=["x" * 200, *["y"] * 99])
    assert (call.timeout, len(call.arguments)) == (3600, 100)


def test_its_name_may_stand_alone_and_a_place_without_programs_is_an_error() -> None:
    assert said({"command": "vale"}, material(FILES, outside=ending(0))) == ["pass"]
    assert said({"command": "vale"}, FILES) == [
        "error",
        COULD_NOT + "no program can be run here, and it wants vale",
    ]


def test_a_program_that_cannot_be_started_is_an_error() -> None:
    class Refusing(NothingOutside):
        def command(self, call: CommandCall) -> CommandEnd:
            raise CannotRun(f"there is no {call.name}")

    assert judged(Refusing()) == ["error", COULD_NOT + "there is no vale"]


@pytest.mark.parametrize("name", ["command", "callable"])
def test_what_it_says_cannot_be_proved_by_files_alone(name: str) -> None:
    check = find(name)
    assert check
    assert check.looks_beyond
    assert not check.is_verdict


# --- hostile output, and real programs -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_output_is_a_finding_or_an_error_and_never_a_crash(name: str) -> None:
    content = HOSTILE[name]
    told = judged(ending(1, content, content))
    assert told[0] == "fail"
    assert all(len(each) < 600 and each.isprintable() for each in told)
    assert judged(ending(0, content), findings="json")[0] == "error"
    assert judged(ending(0, content), findings="sarif")[0] == "error"


def really(*argv: str, **settings: object) -> list[str]:
    runner = Runner({"tool": Command(argv=argv)}, os.defpath)

    class Programs(NothingOutside):
        def command(self, call: CommandCall) -> CommandEnd:
            return runner.command(call)

    use = {"command": {"run": "tool", **settings}}
    return said(use, material({"a.md": "- [ ] TODO\n"}, outside=Programs()))


def test_a_real_program_judges_the_files() -> None:
    assert really("grep", "-q", "TODO", arguments=["a.md"]) == ["pass"]
    assert (
        really("grep", "-q", "DONE", arguments=["a.md"])[1] == "major tool ended with exit code 1 -> mend what it says"
    )


def test_a_real_program_that_hangs_or_floods_or_is_not_there_is_an_error() -> None:
    assert really("sleep", "1000", timeout=0.2) == ["error", COULD_NOT + "tool took more than 0.2 s"]
    assert really("yes")[1].startswith(COULD_NOT + "tool wrote more than 2 MB: …y y y")
    assert really("no-such-tool")[1].startswith(COULD_NOT + "'no-such-tool' is not there, or is no program")
    assert really("sh", "-c", "no-such-tool")[1].startswith(COULD_NOT + "tool ended with exit code 127: ")


def test_a_real_program_that_prints_broken_json_is_no_pass() -> None:
    assert really("echo", '[{"severity": "info", ')[0] == "error"
