"""Findings that another program wrote: JSON in the keys of `review.yaml`, or SARIF 2.1.0. Bytes in, values out.

It reads no file and runs nothing. What is neither is refused at its place; nothing in it is guessed at, for a finding
that was passed over would read as a pass. Section numbers are those of the OASIS specification, "Static Analysis
Results Interchange Format (SARIF) Version 2.1.0".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NoReturn
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from orchestrator.documents.words import dotted, say
from orchestrator.documents.yaml import KeyPath
from orchestrator.errors import DocumentError, Place
from orchestrator.model.finding import MOST_CHARACTERS, Finding, Severity, cut
from orchestrator.model.names import path_fault, shown

MOST_BYTES = 5_000_000
MOST_FINDINGS = 1_000
OWN_TOOL = "git-orchestrator"
"""The driver whose SARIF says severities of ours beside the levels."""

_MARK = b"\xef\xbb\xbf"
_LEVELS: Mapping[str, Severity] = {
    "error": Severity.MAJOR,
    "warning": Severity.MINOR,
    "note": Severity.INFO,
    "none": Severity.INFO,
}
_NO_FAULTS = frozenset({"pass", "notApplicable"})
# Terminal sequences (ECMA-48): CSI; the strings OSC, DCS, SOS, PM and APC with their ends; any other escape. Then
# controls, marks of direction and of no width, lone surrogates.
_UNSEEN = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]{0,99}[ -/]{0,9}[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]{0,999}(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]{0,9}[0-~]?"
    r"|[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


class Form(StrEnum):
    """The two ways in which programs write findings."""

    JSON = "json"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What a program says. `failure`: in its own words, that it could not do its work; then findings are missing."""

    findings: tuple[Finding, ...]
    failure: str | None = None


def plainly(text: str) -> str:
    """Return a foreign text as one line, without what steers a terminal or hides from the eye."""
    return " ".join(_UNSEEN.sub(_blank, text).split())


def _blank(found: re.Match[str]) -> str:
    return " " if found[0].isspace() else ""


def looks_like_json(content: bytes) -> bool:
    """Say whether an output begins as an object or a list of objects begins; a log line `[ok] done` does not."""
    head = content.removeprefix(_MARK).lstrip()
    return head[:1] + head[1:].lstrip()[:1] in (b"{", b'{"', b"{}", b"[", b"[{", b"[]")


def form_of(document: object) -> Form | None:
    """Return how a JSON document tells findings; None where it is about something else.

    A list tells findings where it is empty, or each item has a severity and a message.
    """
    if isinstance(document, dict):
        if "runs" in document:
            return Form.SARIF
        return Form.JSON if "findings" in document else None
    if not isinstance(document, list):
        return None
    return (
        Form.JSON
        if all(isinstance(item, dict) and {"severity", "message"} <= item.keys() for item in document)
        else None
    )


def parse(content: bytes, path: str) -> Any:
    """Return the JSON document. Raises DocumentError: more than 5 MB, no JSON, more than 200 levels; with the place."""
    if len(content) > MOST_BYTES:
        _refuse(f"more than {MOST_BYTES // 1_000_000} MB of findings", path)
    try:
        return from_json(content.removeprefix(_MARK), allow_inf_nan=False)
    except ValueError as exc:
        raise _no_json(str(exc), path) from exc


def read(document: object, path: str, form: Form) -> Foreign:
    """Return the findings of a parsed document.

    `path` is where it came from, such as `stdout`, for messages. Raises DocumentError at the key of the first mistake.
    """
    return _sarif(document, path) if form is Form.SARIF else Foreign(_own(document, path))


def _no_json(reason: str, path: str) -> DocumentError:
    found = re.search(r" at line (\d+) column (\d+)$", reason)
    place = Place(path, int(found[1]), int(found[2])) if found else Place(path)
    said = reason[: found.start()] if found else reason
    return DocumentError(f"no JSON: {said}", place=place)


def _refuse(message: str, path: str, keys: KeyPath = ()) -> NoReturn:
    raise DocumentError(f"{dotted(keys)}: {message}" if keys else message, place=Place(path))


# --- JSON ------------------------------------------------------------------------------------------------------------


class _Stated(BaseModel):
    """A finding in the keys of `review.yaml`, and the rule that some programs name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    severity: Severity = Field(strict=False)
    message: str = Field(min_length=1)
    rule: str | None = None
    file: str | None = None
    line: int | None = Field(default=None, ge=1)
    suggestion: str | None = None


def _own(document: object, path: str) -> tuple[Finding, ...]:
    if isinstance(document, dict):
        spare = sorted(document.keys() - {"findings"})
        if spare:
            _refuse(f"unknown key {shown(spare[0])}; known: findings", path)
        keys: KeyPath = ("findings",)
        items = document.get("findings")
    else:
        keys, items = (), document
    if not isinstance(items, list):
        _refuse("must be a list of findings", path, keys)
    _bound(items, path, keys)
    return tuple(stated(item, path, (*keys, index)) for index, item in enumerate(items))


def stated(item: object, path: str, keys: KeyPath) -> Finding:
    """Return the finding that a mapping tells; `keys` lead to it. Raises DocumentError at the key that is wrong."""
    try:
        said = _Stated.model_validate(item)
    except ValidationError as exc:
        error = exc.errors(include_url=False)[0]
        known = f"unknown key; known: {', '.join(_Stated.model_fields)}"
        wrong = {"missing": "missing key", "extra_forbidden": known}.get(error["type"]) or say(error).message
        _refuse(wrong, path, (*keys, *error["loc"]))
    message = cut(plainly(said.message))
    if not message:
        _refuse("must not be empty", path, (*keys, "message"))
    return Finding(
        severity=said.severity,
        message=message,
        rule=_rule(said.rule),
        file=_file(said.file),
        line=said.line if _file(said.file) else None,
        suggestion=cut(plainly(said.suggestion)) or None if said.suggestion else None,
    )


def _bound(items: Sequence[object], path: str, keys: KeyPath) -> None:
    if len(items) > MOST_FINDINGS:
        _refuse(f"{len(items):,} findings; at most {MOST_FINDINGS:,} are read", path, keys)


def _rule(name: str | None) -> str | None:
    """A short name: it stands in tables, and waivers name it."""
    return re.sub(r"[^\w./:@-]+", "-", plainly(name or ""))[:80].strip("-") or None


def _file(path: str | None) -> str | None:
    """What is no plain path of the job or the workspace is no file of ours, and the finding stands without one."""
    cleaned = path or ""
    while cleaned.startswith("./"):
        cleaned = cleaned[2:].lstrip("/")
    return cleaned if cleaned and path_fault(cleaned) is None else None


# --- SARIF -----------------------------------------------------------------------------------------------------------


def _sarif(document: object, path: str) -> Foreign:
    log = _object(document, path, ())
    if log.get("version") != "2.1.0":
        _refuse(f"must be 2.1.0, not {shown(str(log.get('version')))}", path, ("version",))
    runs = _objects(log, "runs", path, ())
    if not runs:
        _refuse("no run: it says nothing of any file", path, ("runs",))
    findings = tuple(finding for index, run in enumerate(runs) for finding in _run(run, path, ("runs", index)))
    _bound(findings, path, ("runs",))
    failures = (_failure(run, path, ("runs", index)) for index, run in enumerate(runs))
    return Foreign(findings, next((failure for failure in failures if failure), None))


def _failure(run: Mapping[str, Any], path: str, keys: KeyPath) -> str | None:
    """§3.20.14: an invocation that was not successful; its notifications say why. §3.14.23: a run without results."""
    for index, invocation in enumerate(_objects(run, "invocations", path, keys)):
        if invocation.get("executionSuccessful") is False:
            at = (*keys, "invocations", index)
            notes = _objects(invocation, "toolExecutionNotifications", path, at)
            texts = (_text(note, path, at) for note in notes)
            return next((text for text in texts if text), "its run was not successful")
    return "it hands in a run without results" if run.get("results") is None else None


def _run(run: Mapping[str, Any], path: str, keys: KeyPath) -> Iterator[Finding]:
    results = _objects(run, "results", path, keys)
    _bound(results, path, (*keys, "results"))
    driver = _object(_object(run.get("tool", {}), path, (*keys, "tool")).get("driver", {}), path, (*keys, "tool"))
    rules = _objects(driver, "rules", path, (*keys, "tool", "driver"))
    known = _Tool(driver.get("name") == OWN_TOOL, rules, _objects(run, "artifacts", path, keys))
    for index, result in enumerate(results):
        at = (*keys, "results", index)
        if _kind(result, path, at) not in _NO_FAULTS and result.get("baselineState") != "absent":
            yield _result(result, known, path, at)


@dataclass(frozen=True, slots=True)
class _Tool:
    """What a run says once for all its results."""

    is_own: bool
    rules: Sequence[Mapping[str, Any]]
    artifacts: Sequence[Mapping[str, Any]]

    def rule(self, result: Mapping[str, Any]) -> Mapping[str, Any]:
        """§3.52.3: a rule is known by its index, or by its id."""
        name = _named(result, "ruleId") or _named(_within(result, "rule"), "id")
        index = result.get("ruleIndex", _within(result, "rule").get("index"))
        known: Mapping[str, Any] | None = _at(self.rules, index)
        if known is None:
            known = next((rule for rule in self.rules if rule.get("id") == name), None)
        return known if known is not None else {"id": name}


def _result(result: Mapping[str, Any], tool: _Tool, path: str, keys: KeyPath) -> Finding:
    rule = tool.rule(result)
    text = _text(result, path, keys) or _from_rule(result, rule)
    if not text:
        _refuse("has no text", path, (*keys, "message"))
    file, line = _place(result, tool, path, keys)
    return Finding(
        severity=_severity(result, rule, tool, path, keys),
        message=text,
        rule=_rule(_named(result, "ruleId") or _named(rule, "id")),
        file=file,
        line=line if file else None,
    )


def _severity(result: Mapping[str, Any], rule: Mapping[str, Any], tool: _Tool, path: str, keys: KeyPath) -> Severity:
    """§3.27.10. What the program suppressed is told, and fails nothing (§3.27.23)."""
    if _objects(result, "suppressions", path, keys):
        return Severity.INFO
    own = _within(result, "properties").get("severity")
    if tool.is_own and own in list(Severity):
        return Severity(own)
    level = result.get("level")
    if level is None:
        level = (
            _within(rule, "defaultConfiguration").get("level", "warning")
            if _kind(result, path, keys) == "fail"
            else "none"
        )
    if not isinstance(level, str) or level not in _LEVELS:
        _refuse(f"must be one of {', '.join(_LEVELS)}, not {shown(str(level))}", path, (*keys, "level"))
    return _LEVELS[level]


def _kind(result: Mapping[str, Any], path: str, keys: KeyPath) -> str:
    kind = result.get("kind", "fail")
    if not isinstance(kind, str):
        _refuse("must be a text", path, (*keys, "kind"))
    return kind


def _text(holder: Mapping[str, Any], path: str, keys: KeyPath) -> str:
    message = _object(holder.get("message", {}), path, (*keys, "message"))
    text = message.get("text", "")
    if not isinstance(text, str):
        _refuse("must be a text", path, (*keys, "message", "text"))
    return cut(plainly(text))


def _from_rule(result: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """§3.11.7: the message is named, and stands with the rule; `{0}` is its first argument."""
    message = _within(result, "message")
    template = _named(_within(_within(rule, "messageStrings"), str(message.get("id"))), "text") or ""
    arguments = message.get("arguments")
    filled = re.sub(
        r"\{(\d{1,2})\}",
        lambda found: str(_at(arguments, int(found[1])) or found[0]),
        template[: 10 * MOST_CHARACTERS],
    )
    return cut(plainly(filled))


def _place(result: Mapping[str, Any], tool: _Tool, path: str, keys: KeyPath) -> tuple[str | None, int | None]:
    """§3.28: the first place is the one to show."""
    places = _objects(result, "locations", path, keys)
    if not places:
        return None, None
    physical = _within(places[0], "physicalLocation")
    named = _within(physical, "artifactLocation")
    uri = _named(named, "uri") or _named(_within(_at(tool.artifacts, named.get("index")) or {}, "location"), "uri")
    line = _within(physical, "region").get("startLine")
    if line is not None and (not isinstance(line, int) or isinstance(line, bool) or line < 1):
        where = (*keys, "locations", 0, "physicalLocation", "region", "startLine")
        _refuse("must be a whole number of at least 1", path, where)
    return _file(unquote(re.sub(r"^file://(?:localhost(?=/))?", "", uri))) if uri else None, line


def _object(value: object, path: str, keys: KeyPath) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        _refuse("must be an object", path, keys)
    return value


def _objects(holder: Mapping[str, Any], key: str, path: str, keys: KeyPath) -> Sequence[Mapping[str, Any]]:
    """An absent list is an empty one, and so is null."""
    items = holder.get(key)
    if items is None:
        return ()
    if not isinstance(items, list):
        _refuse("must be a list", path, (*keys, key))
    return [_object(item, path, (*keys, key, index)) for index, item in enumerate(items)]


def _within(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _named(holder: Mapping[str, Any], key: str) -> str | None:
    value = holder.get(key)
    return value if isinstance(value, str) and value else None


def _at(items: Any, index: object) -> Any:
    if isinstance(items, list | tuple) and isinstance(index, int) and 0 <= index < len(items):
        return items[index]
    return None
