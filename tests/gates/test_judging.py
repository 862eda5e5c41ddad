"""A gate on files: results in order, verdicts, errors that never read as a pass."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.gates import (
    CannotRun,
    Check,
    CheckSettings,
    Material,
    failed_verdict,
    find,
    judge,
    names,
    schema,
    settings_faults,
)
from orchestrator.gates.judging import MOST_FINDINGS
from orchestrator.gates.registry import BUILT_IN
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.pipeline import CheckUse

LISTING = b"# Mug\n\nA mug for tea.\n"

PLUG_INS = """
from orchestrator.gates import CannotRun, Check, CheckSettings
from orchestrator.gates.interface import Malformed
from orchestrator.model.finding import Finding


def breaks(material, settings):
    yield Finding(severity="info", message="said before it broke")
    raise ZeroDivisionError("of course")


def refuses(material, settings):
    raise CannotRun("no dictionary is installed")


def babbles(material, settings):
    return ["a text is no finding"]


def floods(material, settings):
    while True:
        yield Finding(severity="minor", message="again")


def garbles(material, settings):
    raise Malformed("this is no review", [Finding(severity="critical", message=each) for each in material.artifacts])


BREAKS = Check("t-breaks", "Breaks.", CheckSettings, breaks)
REFUSES = Check("t-refuses", "Refuses.", CheckSettings, refuses)
BABBLES = Check("t-babbles", "Babbles.", CheckSettings, babbles)
FLOODS = Check("t-floods", "Floods.", CheckSettings, floods)
GARBLES = Check("t-garbles", "Garbles.", CheckSettings, garbles)
WORDS = Check("words", "Not the real one.", CheckSettings, babbles)
NO_CHECK = object()
"""
NAMES = ("breaks", "refuses", "babbles", "floods", "garbles", "no-check")


@pytest.fixture
def plug_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed distribution with checks that misbehave."""
    (tmp_path / "gate_test_plug_ins.py").write_text(PLUG_INS)
    folder = tmp_path / "gate_test_plug_ins-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: gate-test-plug-ins\nVersion: 1\n")
    places = {f"t-{name}": f"gate_test_plug_ins:{name.upper().replace('-', '_')}" for name in NAMES}
    places |= {"words": "gate_test_plug_ins:WORDS", "t-absent": "gate_test_gone:CHECK"}
    lines = [f"{name} = {place}" for name, place in places.items()]
    (folder / "entry_points.txt").write_text("\n".join(["[orchestrator.checks]", *lines, ""]))
    monkeypatch.syspath_prepend(tmp_path)


def gate(*uses: object) -> tuple[CheckUse, ...]:
    return tuple(CheckUse.model_validate(use) for use in uses)


def listing(content: bytes = LISTING) -> Material:
    return Material(files={"listing.md": content}, artifacts=("listing.md",))


def error(name: str, why: str) -> CheckResult:
    finding = Finding(severity=Severity.CRITICAL, check=name, message=f"the check could not run: {why}")
    return CheckResult(name, Verdict.ERROR, (finding,))


def test_results_come_in_the_gates_order_with_findings_that_name_their_check() -> None:
    results = judge(gate({"words": {"min": 9}}, {"sections": ["Mug"]}, {"words": {"max": 3}}), listing())
    assert results == (
        CheckResult(
            "words",
            Verdict.FAIL,
            (
                Finding(
                    severity=Severity.MAJOR,
                    message="the text has 5 words; at least 9 are wanted",
                    check="words",
                    file="listing.md",
                    suggestion="front matter, code and link targets do not count",
                ),
            ),
        ),
        CheckResult("sections", Verdict.PASS),
        CheckResult(
            "words-2",
            Verdict.FAIL,
            (
                Finding(
                    severity=Severity.MAJOR,
                    message="the text has 5 words; at most 3 are wanted",
                    check="words-2",
                    file="listing.md",
                    suggestion="front matter, code and link targets do not count",
                ),
            ),
        ),
    )


def test_an_empty_gate_passes() -> None:
    assert judge((), listing()) == ()
    assert failed_verdict(()) is Verdict.PASS


@pytest.mark.parametrize(
    ("severity", "verdict"),
    [("critical", Verdict.FAIL), ("major", Verdict.FAIL), ("minor", Verdict.PASS), ("info", Verdict.PASS)],
)
def test_only_critical_and_major_findings_fail(severity: str, verdict: Verdict) -> None:
    (result,) = judge(gate({"words": {"min": 9, "severity": severity}}), listing())
    assert (result.verdict, [str(finding.severity) for finding in result.findings]) == (verdict, [severity])


@pytest.mark.parametrize(
    ("verdicts", "verdict"),
    [
        ((Verdict.PASS, Verdict.PASS), Verdict.PASS),
        ((Verdict.PASS, Verdict.FAIL), Verdict.FAIL),
        ((Verdict.FAIL, Verdict.ERROR, Verdict.PASS), Verdict.ERROR),
        ((Verdict.ERROR,), Verdict.ERROR),
    ],
)
def test_a_gate_comes_to_its_worst_check(verdicts: tuple[Verdict, ...], verdict: Verdict) -> None:
    assert failed_verdict([CheckResult("words", each) for each in verdicts]) is verdict


def test_an_unknown_check_is_an_error_and_the_others_still_run() -> None:
    results = judge(gate("wrods", {"words": 1}), listing())
    assert results == (error("wrods", "there is no check named 'wrods'"), CheckResult("words", Verdict.PASS))


@pytest.mark.parametrize(
    ("use", "why"),
    [
        ({"words": {"mni": 1}}, "mni: unknown key; known keys: file, max, min, severity"),
        ({"words": None}, "needs min or max, or both"),
        ({"words": {"min": 5, "max": 3}}, "min 5 is more than max 3: exchange the two"),
        ({"sections": []}, "settings are wrong: must not be empty"),
        ({"sections": ["A", ["B"]]}, "1: must be a text, not a list"),
        ({"image": {"file": "../x.png"}}, "file: '../x.png' must be a plain relative path"),
        ({"grounded": {"in": []}}, "in: must not be empty"),
        ({"grounded": {"in": ["a", "../b"]}}, "in.1: '../b' must be a plain relative path"),
        ({"rendered": {"file": "a.png"}}, "from: missing key"),
        ({"changed": "much"}, "settings are wrong: must be a number, not 'much'"),
    ],
)
def test_wrong_settings_are_an_error(use: object, why: str) -> None:
    (result,) = judge(gate(use), listing())
    assert result.verdict is Verdict.ERROR
    message = result.findings[0].message
    assert message.startswith("the check could not run: its settings are wrong: ")
    assert why in message


@pytest.mark.usefixtures("plug_ins")
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("t-breaks", "it broke: ZeroDivisionError: of course"),
        ("t-refuses", "no dictionary is installed"),
        ("t-babbles", "it returned something that is no finding"),
        ("t-no-check", "what is registered as 't-no-check' in orchestrator.checks is no orchestrator.gates.Check"),
        (
            "t-absent",
            "the plug-in gate_test_gone:CHECK does not load: ModuleNotFoundError: No module named 'gate_test_gone'",
        ),
    ],
)
def test_a_plug_in_that_misbehaves_is_an_error(name: str, why: str) -> None:
    assert judge(gate(name), listing()) == (error(name, why),)


@pytest.mark.usefixtures("plug_ins")
def test_a_malformed_judgement_is_an_error_that_says_where_or_else_why() -> None:
    (where,) = judge(gate("t-garbles"), listing())
    finding = Finding(severity=Severity.CRITICAL, check="t-garbles", message="listing.md")
    assert where == CheckResult("t-garbles", Verdict.ERROR, (finding,), is_malformed=True)
    (why,) = judge(gate("t-garbles"), Material(files={}, artifacts=()))
    assert why == replace(error("t-garbles", "this is no review"), is_malformed=True)


@pytest.mark.usefixtures("plug_ins")
def test_a_plug_in_that_does_not_load_is_a_fault_where_it_is_named_and_breaks_nothing_else() -> None:
    why = "the plug-in gate_test_gone:CHECK does not load: ModuleNotFoundError: No module named 'gate_test_gone'"
    assert settings_faults("t-absent")(None) == (((), why),)
    assert schema("t-absent") == {"description": why}


@pytest.mark.usefixtures("plug_ins")
def test_a_check_without_end_is_cut_off() -> None:
    (result,) = judge(gate("t-floods"), listing())
    assert (result.verdict, len(result.findings)) == (Verdict.PASS, MOST_FINDINGS)


@pytest.mark.usefixtures("plug_ins")
def test_names_are_those_built_in_and_installed_and_no_plug_in_takes_a_built_in_one() -> None:
    assert {*BUILT_IN, "t-breaks", "t-absent"} <= set(names())
    assert names() == tuple(sorted(set(names())))
    words = find("words")
    assert words is not None
    assert words.summary == "A text has at least, at most so many words."


def test_each_built_in_check_is_found_under_its_own_name() -> None:
    assert [check.name for name in BUILT_IN if (check := find(name))] == list(BUILT_IN)
    assert find("nothing-of-the-kind") is None


def test_a_check_is_any_value_of_functions() -> None:
    def run(material: Material, settings: CheckSettings) -> Iterator[Finding]:
        raise CannotRun("never asked")
        yield

    ran: Callable[[Material, Any], Iterator[Finding]] = run
    assert Check("mine", "Mine.", CheckSettings, ran).is_verdict is False
