"""The check `schema`: YAML, JSON and JSON Lines against a JSON Schema, each mistake at its line."""

import json

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

SCHEMA = json.dumps(
    {
        "type": "object",
        "required": ["items"],
        "additionalProperties": False,
        "properties": {
            "items": {
                "type": "array",
                "uniqueItems": True,
                "items": {
                    "type": "object",
                    "required": ["sku"],
                    "properties": {"sku": {"pattern": "^[A-Z]+$"}, "price": {"type": "number", "minimum": 3}},
                },
            },
            "day": {"format": "date"},
        },
    }
)
YAML = "items:\n  - sku: A\n    price: 3\n  - sku: B\nday: 2026-03-01\n"
USE = {"schema": "/schemas/s.json"}


def judged(text: str | bytes, schema: str | bytes = SCHEMA, path: str = "a.yaml") -> list[str]:
    return said({"schema": USE}, material({path: text, "/schemas/s.json": schema}))


def test_what_fits_passes_in_each_of_the_forms() -> None:
    assert judged(YAML) == ["pass"]
    assert judged('{"items": [{"sku": "A", "price": 3}]}', path="a.json") == ["pass"]
    assert judged('{"items": []}\n\n{"items": [{"sku": "B"}]}', path="a.jsonl") == ["pass"]
    files = {"a.geo": '{"items": []}', "b.txt": "items: []", "s.json": SCHEMA}
    assert said({"schema": {"schema": "s.json", "file": "a.geo"}}, files) == ["pass"]
    assert said({"schema": {"schema": "s.json", "file": "b.txt"}}, files) == ["pass"]


def test_each_mistake_has_its_line_and_the_way_to_it() -> None:
    text = "items:\n  - sku: a\n    price:\n      cheap\n  - price: 2\n  - price: 2\nday: 2026-02-30\nitem: 1\n"
    assert judged(text) == [
        "fail",
        "major a.yaml:2: items[0].sku is the text 'a', which does not match '^[A-Z]+$' -> write it in that form",
        "major a.yaml:4: items[0].price is to be a number, and is the text 'cheap' -> write a number",
        "major a.yaml:5: items[1] lacks the key 'sku' -> add 'sku'",
        "major a.yaml:5: items[1].price is 2; at least 3 is wanted -> write at least 3",
        "major a.yaml:6: items[2] is item [1] once more -> take one of the two out",
        "major a.yaml:6: items[2] lacks the key 'sku' -> add 'sku'",
        "major a.yaml:6: items[2].price is 2; at least 3 is wanted -> write at least 3",
        "major a.yaml:7: day is the text '2026-02-30', which is no date -> write it like 2026-03-01",
        'major a.yaml:8: item is not allowed here -> did you mean "items"?',
    ]


def test_json_is_placed_as_yaml_is() -> None:
    text = '{\n "items": [\n  {"sku": "A",\n   "price": "3"}\n ],\n "x": 1\n}'
    assert judged(text, path="a.json") == [
        "fail",
        "major a.json:4: items[0].price is to be a number, and is the text '3' -> write a number",
        "major a.json:6: x is not allowed here -> take it out",
    ]


def test_a_mistake_in_json_lines_has_the_line() -> None:
    assert judged('{"items": []}\n\n{}\n{"a"}\n', path="a.ndjson") == [
        "fail",
        "major a.ndjson:3: the line lacks the key 'items' -> add 'items'",
        "critical a.ndjson:4: not JSON: expecting ':' delimiter -> a key and its value stand apart by ':'",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (
            '{"a": 1,\n"a": 2}',
            "critical a.json:2: a: this key stands twice -> the first one is in line 1; keep one of them",
        ),
        ('{"a":\nNaN}', "critical a.json:2: NaN is no number of JSON -> write a number, or null"),
        ("[1e999]", "critical a.json:1: '1e999' is beyond what a number can be -> write it as a text, in quotes"),
        ('["\\ud800"]', "critical a.json:1: half a surrogate pair in '\"\\\\ud800\"' -> write the character itself"),
        ("[" * 65 + "]" * 65, "critical a.json:1: more than 64 levels deep -> make it flatter"),
        ("[1]\n2", "critical a.json:2: not JSON: extra data -> one file holds one value"),
    ],
)
def test_what_is_no_strict_json_is_critical(text: str, finding: str) -> None:
    assert judged(text, "{}", "a.json") == ["fail", finding]


@pytest.mark.parametrize("text", ["[" * 64 + "]" * 64, "[1e308]", '["\\ud83d\\ude00"]', "[" + "1" * 308 + "]"])
def test_what_is_just_within_the_limits_passes(text: str) -> None:
    assert judged(text, "{}", "a.json") == ["pass"]


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ('{"type": "objekt"}', "/schemas/s.json:1: type fits none of the forms allowed"),
        ('{\n"$ref": "http://example.com/s.json"}', "the reference 'http://example.com/s.json' leads nowhere"),
        ('{"properties":\n {"a":\n {"$ref": "#/no"}}}', "/schemas/s.json:3: the reference '#/no' leads nowhere"),
        ('{"$ref": "#"}', "its references lead round in a circle"),
        ('{"pattern": "(?=a)"}', "which is no regular expression of RE2"),
        ('{"$schema": "http://example.com/dialect"}', "the dialect 'http://example.com/dialect' is not known"),
        ("[]", "the schema must be keys and values"),
        ("{", "/schemas/s.json:1:2: not JSON"),
        (b"\0", "the file has a NUL byte"),
    ],
)
def test_a_schema_that_is_none_is_an_error(schema: str | bytes, why: str) -> None:
    found = judged(YAML, schema)
    assert found[0] == "error"
    assert why in found[1]


def test_a_schema_that_is_not_there_is_an_error() -> None:
    assert said({"schema": USE}, {"a.yaml": YAML}) == [
        "error",
        "critical the check could not run: the schema /schemas/s.json is not there,"
        " or not among the step's reads or gate_reads",
    ]


def test_the_schema_itself_is_not_judged_and_may_stand_alone() -> None:
    files = {"a.yaml": YAML, "s.json": SCHEMA}
    assert said({"schema": "s.json"}, material(files, ("a.yaml", "s.json"))) == ["pass"]
    assert said({"schema": "s.json"}, material(files, ("s.json",)))[0] == "fail"
    assert said({"schema": {"schema": "s.json", "file": "s.json"}}, files)[0] == "fail"


def test_twenty_are_told_and_the_others_counted() -> None:
    for count, last in ((20, "[19] is to"), (21, "1 more mistake of"), (22, "2 more mistakes of")):
        found = judged(json.dumps(["x"] * count), '{"items": {"type": "number"}}', "a.json")
        assert len(found) == 1 + min(count, 21)
        assert last in found[-1]


def test_wrong_settings_are_faults() -> None:
    assert faults(CheckUse(name="schema", settings=None)) == ("missing key",)
    assert len(faults(CheckUse(name="schema", settings={"schema": "../x"}))) == 1
    assert faults(CheckUse(name="schema", settings={"schema": "a", "schem": 1}))[0].startswith("schem: unknown key")


def test_a_pattern_holds_for_the_whole_text_and_costs_no_time() -> None:
    assert judged('["a\\nb"]', '{"items": {"pattern": "^a$"}}', "a.json")[0] == "fail"
    assert judged(json.dumps(["a" * 50_000 + "b"]), '{"items": {"pattern": "^(a+)+$"}}', "a.json")[0] == "fail"


def test_numbers_made_to_collide_are_compared_in_no_time() -> None:
    numbers = [n * (2**61 - 1) for n in range(20_000)]
    assert judged(json.dumps(numbers), '{"uniqueItems": true}', "a.json") == ["pass"]


def test_minor_findings_fail_nothing_but_what_cannot_be_read_does() -> None:
    files = {"a.json": "3", "s.json": '{"type": "string"}'}
    assert said({"schema": {"schema": "s.json", "severity": "minor"}}, files)[0] == "pass"
    assert said({"schema": {"schema": "s.json", "severity": "minor"}}, {**files, "a.json": "{"})[0] == "fail"


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n"])
def test_json_lines_without_a_line_fail(text: str) -> None:
    assert judged(text, "{}", "a.jsonl") == [
        "fail",
        "critical a.jsonl:1: the file has no line to judge -> write a value on each line",
    ]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["a.yaml", "a.json", "a.jsonl"])
def test_no_hostile_file_passes_or_breaks_it(name: str, path: str) -> None:
    found = judged(HOSTILE[name], '{"type": "object", "required": ["x"]}', path)
    assert found[0] == "fail"
    assert len(found) < 50
