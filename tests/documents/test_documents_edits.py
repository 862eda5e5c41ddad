import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.documents.edits import set_params, set_value
from orchestrator.documents.yaml import load
from orchestrator.errors import DocumentError

JOB = """# yaml-language-server: $schema=x
version: 1
title:   # what it is
# how it is made
params:
  review: auto   # or person
  "tone": 'dry'

budget: {job: 1.00}   # USD
# the end
"""


def test_comments_and_order_stay() -> None:
    found = set_params(JOB, {"review": "person", "price": "24.00", "n": 3}, template="listing", title="A mug: blue")
    assert (
        found
        == """# yaml-language-server: $schema=x
version: 1
title: "A mug: blue"   # what it is
# how it is made
params:
  review: person   # or person
  "tone": 'dry'
  price: "24.00"
  "n": 3

budget: {job: 1.00}   # USD
template: listing
# the end
"""
    )


def test_nothing_to_set_changes_nothing() -> None:
    assert set_params(JOB, {}) == JOB


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "version: 1\nparams:\n  a: x\n"),
        ("# c", "# c\nversion: 1\nparams:\n  a: x\n"),
        ("version: 1", "version: 1\nparams:\n  a: x\n"),
        ("version: 1\nparams:\nlabels: []\n", "version: 1\nparams:\n  a: x\nlabels: []\n"),
        ("version: 1\nparams: # c\n", "version: 1\nparams: # c\n  a: x\n"),
        ("version: 1\nparams: {}\n", "version: 1\nparams: {a: x}\n"),
        ("version: 1\nparams: ~\n", "version: 1\nparams: {a: x}\n"),
        ("version: 1\nparams: {b: 1}\n", "version: 1\nparams: {b: 1, a: x}\n"),
        ("version: 1\nparams: {b: 1,}\n", "version: 1\nparams: {b: 1, a: x}\n"),
        ("{version: 1}\n", "{version: 1, params: {a: x}}\n"),
        (
            "version: 1\nparams:\n    a: |\n      y\n      z\nlabels: []\n",
            "version: 1\nparams:\n    a: x\nlabels: []\n",
        ),
        ("version: 1\r\nparams:\r\n  b: 1\r\n", "version: 1\r\nparams:\r\n  b: 1\r\n  a: x\r\n"),
        ("version: 1\nparams:\n  b:\n    y\n    z\n", "version: 1\nparams:\n  b:\n    y\n    z\n  a: x\n"),
        ("version: 1\nparams:\n  a:\n", "version: 1\nparams:\n  a: x\n"),
        ("version: 1\nlabels:\n- p\n- q # r\n", "version: 1\nlabels:\n- p\n- q # r\nparams:\n  a: x\n"),
    ],
)
def test_a_param_is_set_however_the_file_is_written(before: str, after: str) -> None:
    assert set_params(before, {"a": "x"}) == after
    assert isinstance(found := load(after, "job.yaml"), dict)
    assert found["params"]["a"] == "x"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("version: 1\nparams: [a]\n", "job.yaml:2:9: params.a cannot be set: a list stands here\nhint: edit the file"),
        (
            "version: 1\nparams: {a: {b: 1}}\n",
            "job.yaml:2:13: params.a cannot be set: a mapping stands here\nhint: edit the file",
        ),
        (
            "version: 1\nparams: x\n",
            "job.yaml:2:9: params.a cannot be set: a single value stands here\nhint: edit the file",
        ),
    ],
)
def test_a_param_goes_only_where_a_value_may_stand(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        set_params(text, {"a": "x"})
    assert str(caught.value) == message


SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = st.sampled_from(
    [JOB, "", "version: 1\nparams: {a: 1, b: [2]}\n", "version: 1\nparams:\n\n  a: >\n    x\n\n# e", "{params: {}}"]
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["a", "review", "é: x", "n"]), SCALARS)
def test_what_is_set_is_read_and_all_else_is_as_before(text: str, key: str, value: str | int | bool | None) -> None:
    before = load(text, "j") or {}
    assert isinstance(before, dict)
    found = load(set_value(text, ("params", key), value, "j"), "j")
    assert found == {**before, "params": {**(before.get("params") or {}), key: value}}
