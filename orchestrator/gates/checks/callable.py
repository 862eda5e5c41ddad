"""The check `callable`: a Python callable that the base's settings name finds nothing bad. If it breaks: an error."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import ClassVar

from pydantic import Field

from orchestrator.documents.foreign_findings import plainly, stated
from orchestrator.errors import DocumentError
from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Material
from orchestrator.model.finding import Finding, Severity

MOST_FINDINGS = 1_000
"""One more is an error: what does not end has not judged."""
_LONGEST_REASON = 300


Value = str | int | float | bool | tuple[str, ...]


class CallableSettings(CheckSettings):
    """Settings of `callable`."""

    bare: ClassVar[str | None] = "call"
    example: ClassVar[str] = "callable: {call: house-style, with: {voice: active}}"

    call: str = Field(min_length=1, description="the callable, by its name under `callables` in orchestrator.yaml")
    settings: Mapping[str, Value] = Field(
        alias="with", default_factory=dict, description="handed to it beside the files, as it stands here"
    )
    severity: Severity | None = Field(  # type: ignore[assignment]  # left out, each finding has its own
        default=None, description="how bad all its findings are; left out: as it says itself"
    )


def _run(material: Material, settings: CallableSettings) -> Iterator[Finding]:
    function = material.outside.callable(settings.call)
    try:
        said = _said(function(MappingProxyType(material.files), settings.settings), settings)
    except CannotRun:
        raise
    except (Exception, SystemExit) as exc:  # it may raise anything, and a call of exit() must not end us
        raise CannotRun(f"{settings.call} broke: {_reason(exc)}") from exc
    for index, each in enumerate(said):
        finding = _finding(each, index, settings)
        yield finding if settings.severity is None else finding.model_copy(update={"severity": settings.severity})


def _reason(exc: BaseException) -> str:
    text = plainly(str(exc))
    kept = text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
    return f"{type(exc).__name__}: {kept}" if kept else type(exc).__name__


def _said(returned: object, settings: CallableSettings) -> list[object]:
    if isinstance(returned, str | bytes | Mapping) or not isinstance(returned, Iterable):
        raise CannotRun(f"{settings.call} returned a {type(returned).__name__}; a list of findings is wanted")
    said: list[object] = []
    for each in returned:
        if len(said) == MOST_FINDINGS:
            raise CannotRun(f"{settings.call} returned more than {MOST_FINDINGS:,} findings")
        said.append(each)
    return said


def _finding(each: object, index: int, settings: CallableSettings) -> Finding:
    if isinstance(each, Finding):
        return each
    if not isinstance(each, Mapping):
        kind = type(each).__name__
        raise CannotRun(f"{settings.call} returned a {kind} as finding {index + 1}; a Finding or a mapping is wanted")
    try:
        return stated(dict(each), settings.call, (index,))
    except DocumentError as exc:
        raise CannotRun(f"{settings.call} returned what is no finding: {exc.message}") from exc


CHECK = Check(
    "callable",
    "A Python callable that the base's settings name finds nothing bad.",
    CallableSettings,
    _run,
    looks_beyond=True,
)
