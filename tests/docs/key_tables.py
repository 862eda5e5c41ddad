"""The key tables of docs/formats.md: keys, kinds and defaults from the models, and a few words on each.

Where a model describes a key itself, its own words stand; for the others they stand here, and a key without words fails
a test.
"""

import re
import textwrap
from collections.abc import Mapping
from typing import Any, get_args

from pages import ROOT, rewrite
from pydantic import BaseModel

from orchestrator.engine.changes import ChangeDocument
from orchestrator.engine.entries import CostDocument, CostRow, EntryDocument
from orchestrator.engine.prompting import PromptDocument
from orchestrator.engine.report import FindingDocument, JobDocument, NextDocument, StepDocument, StepReport
from orchestrator.engine.routes import BudgetDocument, RefusedDocument, RouteDocument
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.effect import ApprovalFile, ClaimFile, EffectFile
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding
from orchestrator.model.job import JobFile
from orchestrator.model.pipeline import Approve, OnFail, Pipeline, PublishTo, Step
from orchestrator.model.rubric import Criterion, Evidence, Rubric, Score
from orchestrator.model.settings import (
    Approvers,
    Budget,
    Command,
    Forge,
    McpServer,
    Model,
    Price,
    Provider,
    Publisher,
    Routing,
    Settings,
)
from orchestrator.model.state import Approval, Question, Seen, State, StepRecord, Waiver
from orchestrator.prompts import CONTEXT
from orchestrator.publishers.directory import DirectorySettings
from orchestrator.publishers.proposal import ProposalSettings

PAGE = ROOT / "docs" / "formats.md"

WORDS: Mapping[type[BaseModel], Mapping[str, str]] = {
    Settings: {
        "version": "the format's number",
        "models": "what may play a role that says `model:`; the cheapest that fits is taken; left out: `builtin` alone",
        "providers": "who serves models, by the name before the colon of theirs: where, with which key, how much",
        "mcp": "servers of tools, by the names that agents' files use",
        "budget": "limits on spending",
        "approvers": "who may approve, by the names that pipelines use in `approve: {by: …}`",
        "publishers": "where a pipeline's `publish: {to: …}` goes, by name",
        "commands": "programs that agents and checks may run, by name",
        "callables": "`package.module:name`, what agents and checks may call, by name",
        "forge": "where pull requests live; this release knows `none`",
        "allow_writes": "patterns of what steps may write outside their job's directory",
        "sandbox": "what is done where no sandbox can be made for a program: it is refused, or run with a warning",
        "transcripts": "whether what agents were told and said is kept in `.git/orchestrator/transcripts/`",
        "routing": "how the cheapest model is told",
    },
    Model: {
        "name": "`builtin`, or `provider:model`",
        "tier": "how strong it is, as an agent file's `model: fast` means it",
        "capabilities": "what it can, as agent files ask for it",
    },
    Price: {
        "input": "USD a million tokens",
        "output": "USD a million tokens",
        "cache_read": "of input that the provider had kept; left out: as input",
        "cache_write": "of input that the provider keeps; left out: as input",
    },
    Provider: {
        "base_url": "where it is; left out: the provider's own address",
        "requests_per_minute": "calls begun in a minute, at most",
        "tokens_per_minute": "tokens of the prompts of those calls, at most; each counts as the most that it can have",
    },
    McpServer: {
        "argv": "a program, started for the attempt",
        "url": "or the address of a server",
    },
    Budget: {
        "call": "USD, the worst case of one call",
        "step": "USD, all attempts of a step of a job",
        "job": "USD, all attempts of a job, those that it was rewound from too",
    },
    Approvers: {
        "who": "e-mail addresses as in git's `user.email`; or `anyone`",
        "count": "how many must approve",
        "not_author": "whoever made what is approved may not approve it",
    },
    Publisher: {
        "kind": "`directory`, `proposal`, or the name that a plug-in registers; it has further keys of its own",
    },
    DirectorySettings: {
        "kind": "`directory`",
        "requires": "as above",
        "path": "relative to the main worktree, where git ignores it; in a bare repository it must be absolute",
        "site": "`false`: the files alone, no pages",
        "title": "the site's, above its index",
        "lang": "the pages' language",
    },
    ProposalSettings: {
        "kind": "`proposal`",
        "requires": "as above",
        "path": "a file of the workspace, or with `/` at its end a folder",
        "mode": "add at the end of a Markdown file, put the whole file in its place, or make a new one",
    },
    Command: {
        "argv": "the program and its arguments",
    },
    Routing: {"by": "`price`: the worst case of the call; `accepted`: the same, for an output that passes its gate"},
    Forge: {"kind": "in this release `none`"},
    Pipeline: {
        "version": "the format's number",
        "steps": "name → step, in their order",
    },
    Step: {
        "agent": "the role that does it, a file of `agents/`",
        "approve": "a person answers",
        "publish": "an outside effect",
        "reads": "files, folders, patterns; the agent is given these and no others",
        "writes": "what it may write; all else is refused",
        "when": "an expression; where it is false the step is skipped",
        "gate": "the checks of what it wrote, see [checks.md](checks.md)",
        "attempts": "how many times a model tries, each time with the findings",
        "on_fail": "where to go back to when they are used up",
    },
    OnFail: {
        "goto": "a step before this one",
        "rounds": "how many times, before a person is asked",
    },
    Approve: {
        "by": "an entry of the settings' `approvers`",
        "when": "an expression; where it is false no person is asked, and the gates' passing counts",
    },
    PublishTo: {
        "to": "an entry of the settings' `publishers`",
        "files": "what goes out",
    },
    JobFile: {
        "version": "the format's number",
        "title": "for people",
        "template": "what it was made from",
        "params": "values that prompts and expressions use as `params.key`; `new --set key=value` sets them",
        "budget": "may only lower what the settings grant",
        "priority": "for a scheduler; nothing in this release reads it",
        "labels": "for people",
    },
    Agent: {
        "name": "the role; the file's name where it is left out",
        "description": "for people, and for whoever picks an agent",
        "model": "`fast`, `standard`, `strong`; a model's name; or `inherit`",
        "tools": "`mcp__SERVER` or `mcp__SERVER__TOOL`: tools of servers in the settings; left out means none",
        "x-orchestrator": "our own keys",
    },
    AgentExtras: {
        "backend": "what plays the role; left out: what `command` or `call` says, else a model",
        "capabilities": "what the model must be able to do",
        "max_output_tokens": "of an answer: the model is cut short there, and the worst case of a call counts it",
    },
    ReviewFile: {"findings": "what was found; an empty list is a good review"},
    Score: {
        "score": "on the rubric's scale",
        "evidence": "words of what was judged; each must really stand there",
        "why": "in a sentence or two",
    },
    Evidence: {
        "file": "relative to the job's directory",
        "quote": "word for word; case, line breaks and emphasis do not count",
    },
    Rubric: {
        "version": "the format's number",
        "criteria": "name → what is scored",
    },
    Criterion: {},
    ReviewFinding: {
        "severity": "how bad it is",
        "message": "what is wrong",
        "file": "relative to the job's directory",
        "line": "from 1",
        "suggestion": "what would mend it",
    },
    State: {
        "schema": "the format's number",
        "seq": "how many entries the orchestrator has made",
        "status": "where the job stands",
        "waiting_for": "what is waited for: a step, a path",
        "spend_usd": "USD spent on this branch",
        "seen": "path → the version last taken note of, for every path that steps write",
        "proposed": "path → id of what stands only on a review branch; not used yet",
        "approvals": "verdicts of people, and of the gates where no person is asked",
        "waivers": "people's words on single findings",
        "steps": "name → what is known of the step",
    },
    Seen: {
        "id": "git's id of the content",
        "by": "whose version it is: a role or a person",
    },
    StepRecord: {
        "outcome": "what it came to",
        "attempt": "from 1; 0 where none counts",
        "round": "how many times it has sent the job back",
        "tries": "how many times the same attempt was made, for faults that pass",
        "promoted": "how many times it was given to a stronger model",
        "asked": "who named it while it is due",
        "ran": "the `seq` at which its inputs were read",
        "wrote": "the `seq` at which its outputs last changed",
        "inputs": "path → id, what it read",
        "outputs": "path → id, what it wrote",
        "by": "whose work it is",
        "model": "what played the role",
        "definition": "digest of agent, prompt and step as they were",
        "params": "digest of the params that it read",
        "checks": "check → verdict",
        "findings": "at most 50, of 500 characters each, worst first",
        "signatures": "of the failures so far, to know the same one again",
        "question": "what was asked, where it waits for an answer",
        "receipt": "the commit that says that it was published",
    },
    Waiver: {
        "step": "whose gate found it",
        "check": "the check that found it",
        "rule": "the check's rule",
        "file": "where it was found",
        "line": "from 1",
        "message": "what it says",
        "id": "git's id of the content that it speaks of: the file's, or the tree that the gate judged",
        "by": "who",
        "why": "in their words",
    },
    Question: {
        "seq": "the entry that asked",
        "tree": "git's tree id of the content it asked about",
    },
    Approval: {
        "step": "the step that asked",
        "seq": "the entry that brought it home",
        "tree": "git's tree id of what was approved",
        "by": "who",
        "how": "`local`: by the command here. `commit`: a merge by hand. `gates`: nobody was asked",
        "paths": "path → id, the same tree written out",
    },
    Finding: {
        "severity": "how bad it is",
        "message": "what is wrong",
        "check": "which check said it",
        "file": "relative to the job's directory",
        "line": "from 1",
        "suggestion": "what would mend it",
    },
    ApprovalFile: {
        "step": "the step that asks",
        "seq": "the entry that asked",
        "tree": "git's tree id of what is asked about, `state.yaml` and `approvals/` left out",
    },
    EffectFile: {
        "job": "whose effect it is",
        "step": "the publish step",
        "target": "the publisher",
        "key": "the effect's key",
        "payload": "path → id of what goes out",
    },
    ClaimFile: {
        "step": "what is under way",
        "attempt": "its number",
        "tip": "the job's commit from which it began",
        "reserved_usd": "the worst case, booked if nobody comes back",
        "owner": "host and process",
        "expires": "Unix time, seconds",
    },
}
"""Model → key → what it is. The models in the order of the page."""

_TOLD = frozenset(model.__name__ for model in WORDS)

_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def keys(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """Return the keys of a file's mapping, each with its JSON schema."""
    schema = model.model_json_schema(by_alias=True)
    schema["properties"].pop("system", None)
    properties: dict[str, dict[str, Any]] = schema["properties"]
    return properties


def words(model: type[BaseModel], key: str) -> str:
    """Return what is said of a key: by its model, else here. Raises KeyError where nothing is."""
    said = keys(model)[key].get("description")
    return str(said) if said else WORDS[model][key]


def table(model: type[BaseModel]) -> str:
    """Return the table of a model's keys, in Markdown."""
    schema = model.model_json_schema(by_alias=True)
    kinds: Mapping[str, dict[str, Any]] = schema.get("$defs", {})
    lines = ["| key | holds | unless said | |", "| --- | --- | --- | --- |"]
    for key, field in keys(model).items():
        default = "needed" if key in schema.get("required", ()) else _default(field)
        lines.append(f"| `{key}` | {_kind(field, kinds)} | {default} | {words(model, key)} |")
    return "\n".join(lines)


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if (value and isinstance(value, str)) or isinstance(value, (int, float)) else ""


def _kind(field: Mapping[str, Any], kinds: Mapping[str, dict[str, Any]]) -> str:
    """Return what a key holds, in a few words; a mapping with keys of its own by its name."""
    if "$ref" in field:
        name = field["$ref"].rsplit("/", 1)[-1]
        if "enum" in kinds[name]:
            return _kind(kinds[name], kinds)
        return f"[{_spoken(name)}](#{_anchor(name)})" if name in _TOLD else "check"
    if "const" in field or "enum" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if "anyOf" in field:
        forms = [_kind(form, kinds) for form in field["anyOf"] if form.get("type") != "null"]
        return " or ".join(dict.fromkeys(forms))
    if field.get("type") == "array":
        return f"list of {_kind(field['items'], kinds)}" if "items" in field else "list"
    if field.get("type") == "object":
        return f"name → {_kind(field['additionalProperties'], kinds)}"
    return _KINDS[field["type"]] + _bounds(field)


def _bounds(field: Mapping[str, Any]) -> str:
    least, most = field.get("minimum"), field.get("maximum")
    if least is not None and most is not None:
        return f", {least:,} to {most:,}" if least != most else f", {least}"
    return f", at least {least}" if least not in (None, 0) else ""


def _spoken(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _anchor(name: str) -> str:
    return f"keys-{_spoken(name).replace(' ', '-')}"


def block(model: type[BaseModel]) -> str:
    """Return the table under an anchor that other tables link to."""
    return f'<a id="{_anchor(model.__name__)}"></a>\n\n{table(model)}'


NAMES: Mapping[str, str] = {
    "job": "the job's id",
    "title": "the job's title",
    "step": "the step's name",
    "attempt": "its number, from 1",
    "params": "the job's params",
    "files": "path → text of what the step reads",
    "findings": "what was wrong with the attempt before, or what a later step sent back; keys as in a finding",
    "failed": "path → text of what the failed attempt before wrote",
}
"""What a prompt may use."""


def names() -> str:
    """Return the table of the names that a prompt may use."""
    return "\n".join(["| name | |", "| --- | --- |", *(f"| `{name}` | {NAMES[name]} |" for name in CONTEXT)])


class Prompted(PromptDocument):
    """What `prompt --json` prints: what would be sent, and what `route` says of it."""

    backend: str | None
    model: str | None
    model_reason: str
    cost_at_most_usd: float | None
    budgets: list[BudgetDocument]


SHAPES: Mapping[str, type] = {
    "status [JOB]": list[JobDocument],
    "  next": NextDocument,
    "  steps": list[StepDocument],
    "    findings": list[FindingDocument],
    "next JOB": NextDocument,
    "show JOB STEP": StepReport,
    "log JOB": list[EntryDocument],
    "diff JOB": list[ChangeDocument],
    "cost [JOB]": CostDocument,
    "  by": list[CostRow],
    "route [JOB] [STEP]": RouteDocument,
    "  refused": list[RefusedDocument],
    "  budgets": list[BudgetDocument],
    "prompt [JOB] [STEP]": Prompted,
}
"""What `--json` prints. An indented name is a key of the document above it."""


def shapes() -> str:
    """Return the documents that `--json` prints, by their keys."""
    lines = ["```text"]
    for name, kind in SHAPES.items():
        shown = _document(kind)
        lines += textwrap.wrap(f"{name:21}{shown}", 116, subsequent_indent=" " * 22, break_long_words=False)
    return "\n".join([*lines, "```"])


def _document(kind: type) -> str:
    if get_args(kind):
        return f"[{_document(get_args(kind)[0])}]"
    return "{" + ", ".join(kind.__annotations__) + "}"


def written(page: str) -> str:
    """Return the page with the tables that the models give."""
    for model in WORDS:
        page = rewrite(page, f"keys of {_spoken(model.__name__)}", block(model))
    return rewrite(rewrite(page, "documents of --json", shapes()), "names in prompts", names())
