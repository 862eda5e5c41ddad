"""The schemas are held against files by a small reading of draft-07: enough of it for what our models say."""

import json
import re
from typing import Any

import pytest

from orchestrator.documents.schema import DRAFT, FILES, KINDS, schema
from orchestrator.documents.yaml import load
from orchestrator.model.state import State

PIPELINE = """version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md, sources/]
    writes: [listing.md]
    attempts: 3
    gate: [sections, words: {min: 1}]
    on_fail: {goto: draft, rounds: 3}
  approve:
    approve: {by: owner, when: params.review == "person"}
  publish:
    publish: {to: storefront, files: [listing.md]}
"""
SETTINGS = """version: 1
models:
  - name: builtin
  - {name: "openai:gpt-5.2", tier: strong, capabilities: [json], price: {input: 1.25, output: 10}}
budget: {call: 0.50, day: 20}
approvers: {owner: {who: [ada@example.com], count: 1}, team: anyone, all: {who: anyone}}
publishers: {storefront: {kind: directory, path: published}}
commands: {claude: {argv: [claude, -p], profile: claude}}
callables: {tidy: "acme.steps:tidy"}
forge: {kind: none}
"""
GOOD = {
    "pipeline": PIPELINE,
    "settings": SETTINGS,
    "job": "version: 1\ntitle: A mug\nparams: {review: auto, n: 3, on: null}\nbudget: {job: 1}\nlabels: [a]\n",
    "agent": "name: writer\ntools: Read\nmodel: fast\ncolor: blue\nx-orchestrator: {backend: model, timeout: 120}\n",
    "review": "findings: [{severity: major, message: short, line: 3, suggestion: longer}]\n",
    "rubric": "version: 1\nscale: [1, 5]\nmean: 3.5\ncriteria: {accuracy: {asks: Is it true, pass: 4, evidence: 2}}\n",
    "gate": "version: 1\ngate: [words]\n",
    "state": "schema: 1\nseq: 3\nstatus: ready\nsteps: {draft: {outcome: passed, checks: {words: pass}}}\n",
}
WORDS = {"type": "object", "properties": {"min": {"$ref": "#/$defs/Least"}}, "$defs": {"Least": {"type": "integer"}}}

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


def fits(value: Any, rule: Any, root: dict[str, Any]) -> bool:
    if rule is True:
        return True
    if "$ref" in rule:
        assert list(rule) == ["$ref"], "draft-07 passes over what stands beside a reference"
        return fits(value, root["definitions"][rule["$ref"].removeprefix("#/definitions/")], root)
    return all(
        [
            "type" not in rule or isinstance(value, TYPES[rule["type"]]),
            "const" not in rule or value == rule["const"],
            "enum" not in rule or value in rule["enum"],
            "anyOf" not in rule or any(fits(value, each, root) for each in rule["anyOf"]),
            "oneOf" not in rule or sum(fits(value, each, root) for each in rule["oneOf"]) == 1,
            not isinstance(value, int | float) or rule.get("minimum", value) <= value <= rule.get("maximum", value),
            not isinstance(value, str) or len(value) >= rule.get("minLength", 0),
            not isinstance(value, list) or fits_list(value, rule, root),
            not isinstance(value, dict) or fits_mapping(value, rule, root),
        ]
    )


def fits_list(value: list[Any], rule: Any, root: dict[str, Any]) -> bool:
    return len(value) >= rule.get("minItems", 0) and all(fits(item, rule.get("items", True), root) for item in value)


def fits_mapping(value: dict[str, Any], rule: Any, root: dict[str, Any]) -> bool:
    known, more = rule.get("properties", {}), rule.get("additionalProperties", True)
    pattern = rule.get("propertyNames", {}).get("pattern", "")
    return (
        all(key in value for key in rule.get("required", []))
        and all(re.search(pattern, key) for key in value)
        and rule.get("minProperties", 0) <= len(value) <= rule.get("maxProperties", len(value))
        and all((key in known or more is not False) for key in value)
        and all(fits(inner, known.get(key, more), root) for key, inner in value.items())
    )


def judge(kind: str, text: str, checks: dict[str, Any] | None = None) -> bool:
    found = schema(kind, checks)
    return fits(load(text, "p"), found, found)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_good_file_fits_its_schema(kind: str) -> None:
    assert judge(kind, GOOD[kind])


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_schema_is_of_draft_7_and_whole(kind: str) -> None:
    found = schema(kind)
    assert (found["$schema"], found["title"]) == (DRAFT, FILES[kind])
    text = json.dumps(found)
    assert "$defs" not in text
    assert "prefixItems" not in text
    for name in re.findall(r'"\$ref": "#/definitions/(\w+)"', text):
        assert name in found["definitions"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("pipeline", PIPELINE.replace("writes:", "wrtes:")),
        ("pipeline", PIPELINE.replace("  draft:\n", "  Draft:\n")),
        ("pipeline", PIPELINE.replace("approve: {by: owner", "agent: x\n    approve: {by: owner")),
        ("pipeline", PIPELINE.replace("words: {min: 1}", "{words: {}, sections: []}")),
        ("pipeline", PIPELINE.replace("sections, words: {min: 1}", "3")),
        ("settings", SETTINGS.replace("tier: strong", "tier: stronk")),
        ("settings", SETTINGS.replace("who: anyone", "who: everyone")),
        ("settings", SETTINGS.replace("kind: none", "kind: nope")),
        ("job", "title: no version\n"),
        ("job", "version: 2\n"),
        ("agent", "name: a\nx-orchestrator: {backend: modl}\n"),
        ("review", "findings: []\napproved: true\n"),
        ("state", "schema: 2\n"),
    ],
)
def test_a_wrong_file_does_not_fit(kind: str, text: str) -> None:
    assert not judge(kind, text)


def test_the_settings_of_known_checks_are_completed_and_judged() -> None:
    checks = {"words": WORDS, "sections": {"type": "array"}}
    assert judge("pipeline", PIPELINE, checks)
    assert not judge("pipeline", PIPELINE.replace("{min: 1}", "{min: x}"), checks)
    assert not judge("pipeline", PIPELINE.replace("words:", "wrods:"), checks)


def test_the_system_prompt_is_no_key_of_the_front_matter() -> None:
    assert "system" not in schema("agent")["properties"]


def test_an_unknown_kind_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        schema("nope")


def test_the_schema_of_the_state_names_every_field_of_the_model() -> None:
    assert list(schema("state")["properties"]) == [field.alias or name for name, field in State.model_fields.items()]
