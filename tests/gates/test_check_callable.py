"""The check `callable`: what a callable says, and what it may not get away with."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import CannotRun, NothingOutside
from orchestrator.model.finding import Finding, Severity

COULD_NOT = "critical the check could not run: "
CALL = {"callable": {"call": "tidy", "with": {"most": 2, "voice": "active", "words": ["a", "b"]}}}


class Named(NothingOutside):
    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function

    def callable(self, name: str) -> Callable[..., object]:
        if name != "tidy":
            raise CannotRun(f"no callable {name}")
        return self.function


def judged(function: Callable[..., object], use: object = CALL) -> list[str]:
    return said(use, material({"a.md": "text\n"}, outside=Named(function)))


def returning(value: object) -> Callable[..., object]:
    return lambda files, settings: value


def test_a_callable_that_finds_nothing_passes() -> None:
    assert judged(returning([])) == ["pass"]


def test_it_gets_the_files_and_the_settings_and_can_change_neither() -> None:
    def tidy(files: Mapping[str, bytes], settings: Mapping[str, object]) -> Iterator[Finding]:
        yield Finding(severity=Severity.INFO, message=f"{dict(files)} {dict(settings)} {hasattr(files, 'pop')}")

    told = "{'a.md': b'text\\n'} {'most': 2, 'voice': 'active', 'words': ('a', 'b')} False"
    assert judged(tidy) == ["pass", f"info {told}"]


def test_its_findings_and_mappings_in_the_same_keys_are_the_checks() -> None:
    mapping = {
        "severity": "major",
        "message": "is long",
        "file": "a.md",
        "line": 3,
        "suggestion": "cut",
        "rule": "long",
    }
    finding = Finding(severity=Severity.MINOR, message="is short", file="a.md")
    assert judged(returning([mapping, finding])) == [
        "fail",
        "major long a.md:3: is long -> cut",
        "minor a.md: is short",
    ]


def test_a_severity_of_the_gate_is_that_of_all_its_findings() -> None:
    use = {"callable": {"call": "tidy", "severity": "minor"}}
    assert judged(returning([{"severity": "critical", "message": "bad"}]), use) == ["pass", "minor bad"]
    assert judged(returning([{"severity": "critical", "message": "bad"}]), {"callable": "tidy"}) == [
        "fail",
        "critical bad",
    ]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "tidy returned a NoneType; a list of findings is wanted"),
        (True, "tidy returned a bool; a list of findings is wanted"),
        ("fine", "tidy returned a str; a list of findings is wanted"),
        (b"fine", "tidy returned a bytes; a list of findings is wanted"),
        ({"severity": "major"}, "tidy returned a dict; a list of findings is wanted"),
        ([7], "tidy returned a int as finding 1; a Finding or a mapping is wanted"),
        ([{}, {}], "tidy returned what is no finding: [0].severity: missing key"),
        (
            [{"severity": "info", "message": "m"}, {"severity": "bad", "message": "m"}],
            "tidy returned what is no finding: [1].severity: must be one of critical, major, minor, info, not 'bad'",
        ),
    ],
)
def test_what_is_no_list_of_findings_is_an_error(value: object, why: str) -> None:
    assert judged(returning(value)) == ["error", COULD_NOT + why]


def raising(exc: BaseException) -> Callable[..., object]:
    def tidy(files: object, settings: object) -> object:
        raise exc

    return tidy


@pytest.mark.parametrize(
    ("exc", "why"),
    [
        (ValueError("not\nso"), "tidy broke: ValueError: not so"),
        (RuntimeError(), "tidy broke: RuntimeError"),
        (SystemExit(0), "tidy broke: SystemExit: 0"),
        (RecursionError("deep"), "tidy broke: RecursionError: deep"),
        (CannotRun("no list to go by"), "no list to go by"),
        (ValueError("x" * 300), "tidy broke: ValueError: " + "x" * 300),
        (ValueError("x" * 301), "tidy broke: ValueError: " + "x" * 299 + "…"),
    ],
)
def test_what_it_raises_is_an_error_with_type_and_message(exc: BaseException, why: str) -> None:
    assert judged(raising(exc)) == ["error", COULD_NOT + why]


def test_what_it_raises_while_it_is_listened_to_is_an_error_too() -> None:
    def tidy(files: object, settings: object) -> Iterator[Finding]:
        yield Finding(severity=Severity.INFO, message="one")
        raise KeyError("two")

    assert judged(tidy) == ["error", COULD_NOT + "tidy broke: KeyError: 'two'"]


@pytest.mark.parametrize(("number", "verdict"), [(999, "pass"), (1000, "pass"), (1001, "error")])
def test_a_thousand_findings_are_listened_to(number: int, verdict: str) -> None:
    told = judged(returning([{"severity": "info", "message": "m"}] * number))
    assert told[0] == verdict
    assert len(told) == (2 if verdict == "error" else number + 1)


def test_findings_without_end_are_an_error() -> None:
    endless = ({"severity": "info", "message": f"{n}"} for n in count())
    assert judged(returning(endless)) == ["error", COULD_NOT + "tidy returned more than 1,000 findings"]


def test_a_name_without_a_meaning_and_a_place_without_callables_are_errors() -> None:
    assert judged(returning([]), {"callable": "tidi"}) == ["error", COULD_NOT + "no callable tidi"]
    assert said({"callable": "tidy"}, {"a.md": ""}) == [
        "error",
        COULD_NOT + "nothing can be called here, and it wants tidy",
    ]


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({}, "call: missing key"),
        ({"call": ""}, "call: must not be empty"),
        ({"call": "tidy", "with": []}, "with: must be a mapping of keys, not a list"),
    ],
)
def test_wrong_settings_are_told(settings: object, why: str) -> None:
    assert judged(returning([]), {"callable": settings}) == ["error", f"{COULD_NOT}its settings are wrong: {why}"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_reach_it_as_they_are(name: str) -> None:
    seen: dict[str, bytes] = {}

    def tidy(files: Mapping[str, bytes], settings: object) -> list[Finding]:
        seen.update(files)
        return []

    assert said({"callable": "tidy"}, material({"a": HOSTILE[name]}, outside=Named(tidy))) == ["pass"]
    assert seen == {"a": HOSTILE[name]}
