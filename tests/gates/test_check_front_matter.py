"""The check `front_matter`: keys, kinds, lengths, values and forms of what stands at a text's head."""

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

GOOD = "---\ntitle: Slow Mug\nprice: 24.00\nstock: 3\nnew: true\ntags: [tea, clay]\nnote:\n---\nText.\n"


def judged(use: object, text: str | bytes = GOOD) -> list[str]:
    return said({"front_matter": use}, {"a.md": text})


@pytest.mark.parametrize(
    "use",
    [
        ["title", "price"],
        {"types": {"title": "text", "price": "number", "stock": "integer", "new": "boolean", "tags": "list"}},
        {"types": {"stock": "number", "note": "list", "gone": "text"}},
        {"max": {"title": 8, "tags": 2, "gone": 0, "note": 0}},
        {"values": {"tags": ["tea", "clay"], "price": ["24.0"], "new": ["true"], "note": ["x"], "gone": ["x"]}},
        {"patterns": {"title": "[A-Z].*", "tags": "[a-z]+", "note": "x", "gone": "x"}},
        {
            "required": ["title", "price", "stock"],
            "types": {"new": "boolean"},
            "max": {"tags": 2},
            "values": {"note": []},
            "no_others": True,
        },
    ],
)
def test_what_is_as_wanted_passes(use: object) -> None:
    assert judged(use) == ["pass"]


@pytest.mark.parametrize(
    ("use", "findings"),
    [
        (
            ["sku", "note"],
            [
                "major a.md:1: 'sku' is missing from the front matter -> add 'sku: …'",
                "major a.md:7: 'note' is empty -> fill it in",
            ],
        ),
        (
            {"max": {"title": 7, "tags": 1}},
            [
                "major a.md:2: 'title' has 8 characters; at most 7 are wanted -> shorten it",
                "major a.md:6: 'tags' has 2 items; at most 1 are wanted -> shorten it",
            ],
        ),
        (
            {"values": {"tags": ["tea", "wood"]}},
            [
                "major a.md:6: 'tags' is 'clay', which is none of those allowed -> write one of: tea, wood",
            ],
        ),
        (
            {"patterns": {"title": "Slow", "tags": "t.*"}},
            [
                "major a.md:2: 'title' is 'Slow Mug', which is not in the form wanted"
                " -> write it so that the pattern matches "
                "the whole of it",
                "major a.md:6: 'tags' is 'clay', which is not in the form wanted"
                " -> write it so that the pattern matches the "
                "whole of it",
            ],
        ),
        (
            {"required": ["title", "price", "tag"], "types": {"stock": "integer"}, "no_others": True},
            [
                "major a.md:1: 'tag' is missing from the front matter -> add 'tag: …'",
                "major a.md:5: 'new' is not wanted -> take it out; wanted: title, price, tag, stock",
                "major a.md:6: 'tags' is not wanted -> did you mean \"tag\"?",
                "major a.md:7: 'note' is not wanted -> take it out; wanted: title, price, tag, stock",
            ],
        ),
    ],
)
def test_each_mistake_has_the_line_of_its_key(use: object, findings: list[str]) -> None:
    assert judged(use) == ["fail", *findings]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("title", "number"),
        ("title", "list"),
        ("price", "integer"),
        ("new", "number"),
        ("new", "integer"),
        ("new", "text"),
        ("stock", "boolean"),
        ("tags", "text"),
    ],
)
def test_a_value_of_another_kind_fails(key: str, kind: str) -> None:
    assert len(judged({"types": {key: kind}})) == 2


@pytest.mark.parametrize(
    ("head", "use"),
    [
        ("24.00", {"patterns": {"a": r"\d+\.\d\d"}, "values": {"a": ["24.00"]}, "max": {"a": 5}}),
        ("1.10", {"patterns": {"a": r"\d\.10"}, "values": {"a": ["1.10"]}}),
        ("1.10", {"values": {"a": [1.10]}}),
        ("True", {"patterns": {"a": "true"}, "values": {"a": ["true"]}}),
        ("[1.10, 'x']", {"patterns": {"a": "1.10|x"}, "values": {"a": ["1.10", "x"]}}),
    ],
)
def test_a_value_is_compared_as_it_is_written(head: str, use: object) -> None:
    assert judged(use, f"---\na: {head}\n---\n") == ["pass"]


def test_a_value_is_told_as_it_is_written() -> None:
    assert judged({"patterns": {"a": "x"}, "values": {"a": ["25.00"]}, "max": {"a": 4}}, "---\na: 24.00\n---\n") == [
        "fail",
        "major a.md:2: 'a' has 5 characters; at most 4 are wanted -> shorten it",
        "major a.md:2: 'a' is '24.00', which is none of those allowed -> did you mean \"25.00\"?",
        "major a.md:2: 'a' is '24.00', which is not in the form wanted"
        " -> write it so that the pattern matches the whole of it",
    ]


@pytest.mark.parametrize("head", ["''", "' '", "[]", "{}", "", "null"])
def test_an_empty_value_is_empty_and_of_any_kind(head: str) -> None:
    text = f"---\na: {head}\n---\n"
    assert judged(["a"], text)[1] == "major a.md:2: 'a' is empty -> fill it in"
    assert judged({"types": {"a": "number"}, "values": {"a": ["x"]}, "patterns": {"a": "x"}}, text) == ["pass"]


def test_no_is_not_nothing() -> None:
    assert judged(["a", "b"], "---\na: false\nb: 0\n---\n") == ["pass"]


def test_a_schema_is_held_against_all_the_keys() -> None:
    schema = '{"properties": {"tags": {"items": {"enum": ["tea"]}}, "price": {"maximum": 20}}, "required": ["sku"]}'
    found = said({"front_matter": {"schema": "s.json"}}, material({"a.md": GOOD, "s.json": schema}))
    assert found == [
        "fail",
        "major a.md:2: the front matter lacks the key 'sku' -> add 'sku'",
        "major a.md:3: price is 24.0; at most 20 is wanted -> write at most 20",
        "major a.md:6: tags[1] is the text 'clay', which is none of the values allowed -> write one of: tea",
    ]
    assert said({"front_matter": {"schema": "s.json"}}, material({"a.md": GOOD, "s.json": "{}"})) == ["pass"]
    assert said({"front_matter": {"schema": "s.json"}}, {"a.md": GOOD})[0] == "error"
    empty = said({"front_matter": {"schema": "s.json"}}, material({"a.md": "---\n---\n", "s.json": schema}))
    assert empty == ["fail", "major a.md:1: the front matter lacks the key 'sku' -> add 'sku'"]


def test_missing_and_broken_front_matter_are_findings() -> None:
    hint = "begin the file with '---', keys, '---'"
    assert judged(["a"], "x") == ["fail", f"major a.md:1: the front matter with a is missing -> {hint}"]
    assert judged(None, "x") == ["fail", f"major a.md:1: the front matter is missing -> {hint}"]
    assert judged(None, "---\na: 1")[1].startswith("critical a.md:1: the front matter is not closed")


def test_wrong_settings_are_faults() -> None:
    assert len(faults(CheckUse(name="front_matter", settings={"patterns": {"a": "("}}))) == 1
    assert len(faults(CheckUse(name="front_matter", settings={"patterns": {"a": "x*"}}))) == 1
    assert len(faults(CheckUse(name="front_matter", settings={"types": {"a": "float"}}))) == 1
    assert len(faults(CheckUse(name="front_matter", settings={"schema": "../x"}))) == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_file_passes_or_breaks_it(name: str) -> None:
    assert judged({"required": ["x"], "patterns": {"x": "(a+)+b"}}, HOSTILE[name])[0] == "fail"
