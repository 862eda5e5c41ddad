"""The rules of a check: each with its own severity, which the pipeline changes one by one, all at once, or puts off."""

import re
from collections.abc import Mapping
from typing import ClassVar

import pytest

from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding, Severity


class Shape(RuleSettings):
    RULES: ClassVar[Mapping[str, Rule]] = {
        "corners": Rule("It has four."),
        "colour": Rule("It is red.", Level.MINOR),
        "smell": Rule("It has none.", Level.OFF),
    }


def levels(**settings: object) -> list[str]:
    made = Shape.model_validate(settings)
    return [str(made.level(rule)) for rule in Shape.RULES]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ["major", "minor", "off"]),
        ({"severity": "critical"}, ["critical", "critical", "off"]),
        ({"rules": {"colour": "off"}}, ["major", "off", "off"]),
        ({"rules": {"smell": "info"}}, ["major", "minor", "info"]),
        ({"rules": {"smell": "info", "corners": "minor"}, "severity": "critical"}, ["minor", "critical", "info"]),
    ],
)
def test_a_rule_has_the_level_said_for_it_or_the_checks_or_its_own(
    settings: dict[str, object], expected: list[str]
) -> None:
    assert levels(**settings) == expected


def test_a_breach_is_a_finding_with_the_name_of_its_rule_and_none_where_the_rule_is_off() -> None:
    settings = Shape()
    assert settings.finding("colour", "it is blue", "a.svg", 3, "paint it") == Finding(
        severity=Severity.MINOR, message="it is blue", rule="colour", file="a.svg", line=3, suggestion="paint it"
    )
    assert settings.finding("smell", "it smells", "a.svg") is None


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"colur": "off"}, "there is no rule 'colur'; did you mean \"colour\"?"),
        ({"xyz": "off"}, "there is no rule 'xyz'; known: corners, colour, smell"),
        ({"colour": "loud"}, "rules.colour"),
    ],
)
def test_an_unknown_rule_or_level_is_a_fault_of_the_settings(rules: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        Shape.model_validate({"rules": rules})
