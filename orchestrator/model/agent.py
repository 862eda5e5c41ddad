"""`agents/<role>.md`: a role, in the form that other tools' agent files have too."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, model_validator


class BackendKind(StrEnum):
    """The program that plays a role."""

    MODEL = "model"
    COMMAND = "command"
    PYTHON = "python"
    BUILTIN = "builtin"
    PERSON = "person"


_NAMING = {"command": BackendKind.COMMAND, "call": BackendKind.PYTHON}


class AgentExtras(BaseModel):
    """Our own keys in an agent file, under `x-orchestrator`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    backend: BackendKind = BackendKind.MODEL
    builtin: str | None = Field(default=None, description="the builtin agent that plays the role where no model does")
    command: str | None = Field(
        default=None, description="an entry of `commands` in the settings; alone, it says the backend too"
    )
    call: str | None = Field(
        default=None, description="an entry of `callables` in the settings; alone, it says the backend too"
    )
    capabilities: tuple[str, ...] = ()
    timeout: int = Field(default=300, ge=1, le=86_400, description="seconds")
    idle: int | None = Field(default=None, ge=1, le=86_400, description="seconds of silence; left out: the timeout")
    max_output_tokens: int = Field(default=4_096, ge=1, le=1_000_000)
    mcp: tuple[str, ...] = Field(default=(), description="entries of `mcp` in the settings: the tools of those servers")
    max_turns: int = Field(default=20, ge=1, le=1_000, description="answers in one attempt of an agent that uses tools")
    network: bool = Field(default=False, description="a command agent reaches what its command's `network` names")
    renders: Mapping[str, str] = Field(
        default_factory=dict,
        description="picture → the SVG that it is drawn from once the agent wrote that: {design.png: design.svg}",
    )

    @model_validator(mode="before")
    @classmethod
    def _by_what_it_names(cls, raw: object) -> object:
        """Who names a command, or a callable, and no backend means that: so one line swaps a model for a program."""
        if not isinstance(raw, dict) or "backend" in raw:
            return raw
        named = [kind for key, kind in _NAMING.items() if raw.get(key)]
        return {**raw, "backend": named[0]} if len(named) == 1 else raw


class Agent(BaseModel):
    """The front matter of an agent file, and the text under it as `system`. Keys of other tools are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    # A name with @ or : would be a person's id in the ledger.
    name: str = Field(min_length=1, max_length=63, pattern=r"^[^@:<>\x00-\x1f\x7f]+$")
    description: str = ""
    model: str = "inherit"
    tools: tuple[str, ...] | str = ()
    extras: AgentExtras = Field(default=AgentExtras(), alias="x-orchestrator")
    system: str = ""
