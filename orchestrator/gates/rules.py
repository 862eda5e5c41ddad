"""Checks of several rules: each with a name and a severity of its own, which a pipeline can change or put off."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.gates.interface import CheckSettings
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.nearness import did_you_mean


class Level(StrEnum):
    """A severity, or `off`: the rule is not looked at."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    INFO = "info"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule asks, in a sentence, and how bad its breach is unless the pipeline says otherwise."""

    summary: str
    level: Level = Level.MAJOR


class RuleSettings(CheckSettings):
    """The base of settings of a check with rules. A check names its own in `RULES`."""

    RULES: ClassVar[Mapping[str, Rule]] = {}

    rules: Mapping[str, Level] = Field(
        default_factory=dict, description="rule → severity, or `off`; the others keep their own"
    )
    severity: Severity | None = Field(  # type: ignore[assignment]  # left out, each rule has its own
        default=None, description="how bad all its findings are; left out: each rule's own severity"
    )

    @model_validator(mode="after")
    def _known_rules(self) -> "RuleSettings":
        for name in self.rules:
            if name not in self.RULES:
                hint = did_you_mean(name, self.RULES)
                raise ValueError(f"there is no rule {name!r}; {hint or 'rules: ' + ', '.join(self.RULES)}")
        return self

    def level(self, rule: str) -> Level:
        """Return how bad a breach of the rule is."""
        said = self.rules.get(rule)
        if said is not None:
            return said
        own = self.RULES[rule].level
        return Level(self.severity) if self.severity is not None and own is not Level.OFF else own

    def finding(
        self, rule: str, message: str, file: str, line: int | None = None, suggestion: str | None = None
    ) -> Finding | None:
        """Return what is to be said of a breach, None where the rule is off."""
        level = self.level(rule)
        if level is Level.OFF:
            return None
        return Finding(
            severity=Severity(level), message=message, rule=rule, file=file, line=line, suggestion=suggestion
        )
