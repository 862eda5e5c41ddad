import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.text import MOST_BYTES
from orchestrator.documents.yaml import Mark, load, load_located
from orchestrator.errors import DocumentError


def refusal(text: str | bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        load(text, "p.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+5", 5),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("'1'", "1"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("0777", "0777"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("9" * 41, "9" * 41),
    ],
)
def test_a_scalar_means_what_the_core_schema_says_and_else_its_text(written: str, meant: object) -> None:
    found = load(f"a: {written}\n", "p.yaml")
    assert found == {"a": meant}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(meant)


def test_keys_are_texts() -> None:
    assert load("1.10: a\nno: b\ntrue: c\n", "p.yaml") == {"1.10": "a", "no": "b", "true": "c"}


def test_an_empty_document_is_none() -> None:
    assert [load(text, "p.yaml") for text in ("", "# a\n", "---\n", "\ufeff")] == [None] * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a: &x 1",
            "p.yaml:1:4: an anchor (&) is not allowed\nhint: write the value out, or put the text in quotes",
        ),
        (
            "a: 1\nb: *x",
            "p.yaml:2:4: an alias (*) is not allowed\nhint: write the value out, or put the text in quotes",
        ),
        ("a: !x 1", "p.yaml:1:4: a tag, '!x', is not allowed\nhint: leave it out, or quote the text"),
        ("%YAML 1.2\n---\na", "p.yaml:1:1: a directive (%) is not allowed\nhint: leave the line out"),
        ("a\n---\nb", "p.yaml:2:1: a second document begins here\nhint: one file holds one document: drop '---'"),
        (
            "a: 1\na: 2",
            "p.yaml:2:1: a: this key stands twice\nhint: the first one is in line 1; keep one of them",
        ),
        (
            "{{ x }}: 1",
            "p.yaml:1:1: a key must be a text\nhint: a text that begins with '{' or '[' must stand in quotes",
        ),
        (
            "a: b: c",
            "p.yaml:1:5: not YAML: mapping values are not allowed in this context\n"
            "hint: a text that contains ': ' must stand in quotes",
        ),
        ("a: 1\nb: \x00", "p.yaml:2:4: a control character, U+0000\nhint: delete it, or write it as an escape"),
        (b"a: 1\nb: \xc3\xa9\xff", "p.yaml:2:5: not UTF-8: byte 0xff\nhint: save the file as UTF-8"),
        (
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n",
            "p.yaml:2:1: a conflict marker of a merge (<<<<<<<)\n"
            "hint: choose between the two sides, delete the marker lines, and commit",
        ),
        ("[" * 70, "p.yaml:1:66: more than 64 levels deep\nhint: make it flatter"),
        ("- \n" * 60_000, "p.yaml:50000:2: more than 50,000 values\nhint: split the file"),
        ("a" * (MOST_BYTES + 1), "p.yaml: larger than 1,000,000 bytes\nhint: split the file"),
        ("é" * (MOST_BYTES // 2 + 1), "p.yaml: larger than 1,000,000 bytes\nhint: split the file"),
    ],
)
def test_what_a_strict_document_may_not_have_is_located(text: str | bytes, message: str) -> None:
    assert refusal(text) == message


def test_every_key_that_stands_twice_is_told_of() -> None:
    with pytest.raises(DocumentError) as caught:
        load("a: 1\na: 2\nb: {c: 1, c: 2}\n", "p.yaml")
    assert [str(error.place) for error in (caught.value, *caught.value.others)] == ["p.yaml:2:1", "p.yaml:3:11"]


@pytest.mark.parametrize(
    "text",
    ["[" * 999_999, "{" * 999_999, "- " * 499_999, "? " * 499_999, "!" * 999_999, "'" * 999_999, "[a," * 300_000],
)
def test_hostile_text_is_refused_before_it_grows(text: str) -> None:
    assert refusal(text).startswith("p.yaml:")


def test_a_bomb_of_aliases_is_refused() -> None:
    assert "anchor" in refusal("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n")


def test_marks_say_where_keys_and_values_stand() -> None:
    found = load_located("a: 1\nb:\n  - {c: x}\n", "p.yaml")
    assert found.value == {"a": 1, "b": [{"c": "x"}]}
    assert found.marks == {
        (): Mark((1, 1)),
        ("a",): Mark((1, 4), (1, 1)),
        ("b",): Mark((3, 3), (2, 1)),
        ("b", 0): Mark((3, 5)),
        ("b", 0, "c"): Mark((3, 9), (3, 6)),
    }


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("[]{}:,-?&*!|>'\"%@`# \n\ta1", max_size=40), st.binary(max_size=40)))
def test_any_text_loads_or_is_refused_with_a_place(text: str | bytes) -> None:
    place = None
    try:
        load(text, "p.yaml")
    except DocumentError as error:
        place = str(error.place)
    assert place is None or place.startswith("p.yaml:")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text("abc é:#\\\"'\n", max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc ", max_size=5), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=100, deadline=None)
@given(PLAIN)
def test_json_reads_as_itself(value: object) -> None:
    assert load(json.dumps(value), "p.yaml") == value
