"""Settings of checks that count something: the fewest, the most, and what is said of a count beyond them."""

from typing import ClassVar, NamedTuple, Self

from pydantic import Field, model_validator

from orchestrator.gates.interface import CheckSettings


class Limit(NamedTuple):
    """A limit that a count is beyond, `at least 3`, and what brings it back."""

    wanted: str
    suggestion: str


class Limits(CheckSettings):
    """The base of such settings. Those with a limit of another kind may lack both, and then ask for one themselves."""

    may_lack_both: ClassVar[bool] = False

    min: int | None = Field(default=None, ge=0, description="the fewest")
    max: int | None = Field(default=None, ge=0, description="the most")

    @model_validator(mode="after")
    def _some_limit(self) -> Self:
        if self.min is None and self.max is None and not self.may_lack_both:
            raise ValueError("needs min or max, or both")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}: exchange the two")
        return self

    def broken_by(self, count: int) -> Limit | None:
        """Return the limit that a count is beyond, None where it is within both."""
        if self.min is not None and count < self.min:
            return Limit(f"at least {self.min}", "write more")
        if self.max is not None and count > self.max:
            return Limit(f"at most {self.max}", "shorten it")
        return None
