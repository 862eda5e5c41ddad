"""A gate file is read as a step's gate is: the same checks, the same mistakes, each at its place."""

import pytest

from orchestrator import gates
from orchestrator.documents.gate_files import parse_gate
from orchestrator.errors import DocumentError
from orchestrator.model.pipeline import CheckUse

CHECKS = {name: gates.settings_faults(name) for name in ("words", "sections", "image")}


def faults(text: str | bytes) -> str:
    with pytest.raises(DocumentError) as wrong:
        parse_gate(text, "gate.yaml", CHECKS)
    return str(wrong.value)


def test_a_gate_is_names_and_names_with_settings_in_their_order() -> None:
    text = "version: 1\ngate:\n  - words: {min: 2}\n  - sections: [A]\n  - image\n"
    assert parse_gate(text, "gate.yaml", CHECKS) == (
        CheckUse(name="words", settings={"min": 2}),
        CheckUse(name="sections", settings=["A"]),
        CheckUse(name="image"),
    )


def test_a_check_may_stand_twice() -> None:
    assert len(parse_gate("gate: [words: 2, words: 3]\n", "gate.yaml", CHECKS)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "gate.yaml:1:1: the file is empty\nhint: it needs at least: gate"),
        ("gate: []\n", "gate.yaml:1:7: gate: must not be empty: a gate without a check would let all through"),
        ("gates: [words: 2]\n", 'gate.yaml:1:1: gates: unknown key\nhint: did you mean "gate"?'),
        (
            "gate: [wrods: 2]\n",
            'gate.yaml:1:8: gate[0]: unknown check wrods\nhint: did you mean "words"?',
        ),
        (
            "gate:\n  - image\n  - words: {min: 3, max: 2}\n",
            "gate.yaml:3:12: gate[1].words: min 3 is more than max 2: exchange the two",
        ),
        (
            "gate:\n  - words: {mim: 3}\n  - sections: 7\n",
            "gate.yaml:2:18: gate[0].words.mim: unknown key; known keys: file, max, min, severity\n"
            "gate.yaml:3:15: gate[1].sections: must be a list, not '7'",
        ),
        (
            "gate: [{words: 2, image: {}}]\n",
            "gate.yaml:1:8: gate[0]: a check is a name, or one name with its settings: 'words: {min: 150}'",
        ),
        ("gate: words\n", "gate.yaml:1:7: gate: must be a list, not 'words'\nhint: write it as [words]"),
        (
            "version: 2\ngate: [words: 2]\n",
            "gate.yaml:1:10: version: must be at most 1\n"
            "hint: write version: 1, or take the newer program that the file was written for",
        ),
        ("[]\n", "gate.yaml:1:1: must be a mapping of keys, not a list\n"
                 "hint: write lines of the form `key: value`, without the dashes"),
        (b"gate: [\xff]\n", "gate.yaml:1:8: not UTF-8: byte 0xff\nhint: save the file as UTF-8"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str | bytes, said: str) -> None:
    assert faults(text) == said


def test_a_gate_has_at_most_a_hundred_checks() -> None:
    assert len(parse_gate("gate:\n" + "  - image\n" * 100, "gate.yaml", CHECKS)) == 100
    assert faults("gate:\n" + "  - image\n" * 101) == "gate.yaml:2:3: gate: must have at most 100, and has 101"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\ngate: *a\n",
        "gate: [" * 5_000,
        "gate: !!python/object:os.system x\n",
        "x" * 1_000_001,
        "\0",
        "--- \n---",
    ],
)
def test_hostile_yaml_is_refused(text: str) -> None:
    assert faults(text).startswith("gate.yaml")
