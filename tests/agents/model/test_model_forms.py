"""What a model is asked for, and what its answers become."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_cases import request

from orchestrator.agents.model.forms import (
    Data,
    Files,
    Form,
    Misfit,
    Text,
    Unasked,
    files_of_text,
    files_of_value,
    form_of,
    is_closed,
    note_of,
    unfenced,
)
from orchestrator.model.agent import AgentExtras

SCORE: dict[str, object] = {"type": "object", "properties": {"score": {"type": "integer"}}, "required": ["score"]}


def form(
    *writes: str, extras: AgentExtras | None = None, schemas: dict[str, dict[str, object]] | None = None
) -> Form | Unasked:
    return form_of(request("openai", "http://x", writes=writes, extras=extras, schemas=schemas))


@pytest.mark.parametrize(
    ("writes", "kind"),
    [
        (("listing.md",), Text),
        (("review.yaml",), Text),
        (("/docs/a.md",), Text),
        (("design.svg", "design.png"), Text),
        (("a.md", "b.md"), Files),
        (("notes/",), Files),
        (("*.md",), Files),
        (("design.png",), Unasked),
        ((), Unasked),
    ],
)
def test_the_form_follows_from_what_the_step_writes(writes: tuple[str, ...], kind: type) -> None:
    assert isinstance(form(*writes), kind)


def test_a_schema_makes_data_of_a_yaml_file_alone() -> None:
    assert isinstance(form("a.yaml", schemas={"a.yaml": SCORE}), Data)
    several = form("a.yaml", "b.md", schemas={"a.yaml": SCORE})
    assert isinstance(several, Files)
    assert "a.yaml must fit this JSON Schema: {" in note_of(several)


def test_a_schema_that_is_none_is_not_asked_with() -> None:
    found = form("a.yaml", schemas={"a.yaml": {"type": "objct"}})
    assert isinstance(found, Unasked)
    assert found.reason.startswith("the schema of a.yaml is wrong: type ")


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ("# A", "# A\n"),
        ("\n\n# A\n\n", "# A\n"),
        ("```\n# A\n```", "# A\n"),
        ("```markdown\n# A\n\n```python\nx\n```\n\nb\n```", "# A\n\n```python\nx\n```\n\nb\n"),
        ("~~~~md\na\n~~~\nb\n~~~~", "a\n~~~\nb\n"),
        ("```Markdown title=mug\n# A\n```\n", "# A\n"),
        ("```yaml\na: 1\n```\n", "```yaml\na: 1\n```\n"),
        ("\ufeff```md\n# A\n```", "# A\n"),
        ("\ufeff# A", "# A\n"),
        ("Here it is:\n```\n# A\n```", "Here it is:\n```\n# A\n```\n"),
        ("```\na\n```\n\n```\nb\n```", "```\na\n```\n\n```\nb\n```\n"),
        ("```python\na\n```\nb\n```", "```python\na\n```\nb\n```\n"),
        ("```\nnever closed", "```\nnever closed\n"),
    ],
)
def test_a_text_is_the_file_without_a_fence_around_the_whole(said: str, file: str) -> None:
    assert files_of_text(Text("a.md"), said) == {"a.md": file.encode()}


def test_a_fence_of_any_language_is_taken_off_a_file_that_is_no_markdown() -> None:
    assert files_of_text(Text("a.py"), "```python\na = 1\n```\n") == {"a.py": b"a = 1\n"}


def test_half_a_surrogate_pair_is_told_and_never_replaced() -> None:
    with pytest.raises(Misfit, match=r"^there is half a surrogate pair in it, U\+D800$"):
        files_of_text(Text("a.md"), "half \ud800 a pair")
    with pytest.raises(Misfit, match=r"^there is half a surrogate pair in it, U\+DFFF$"):
        files_of_value(Files(("a.md",), {}), {"files": [{"path": "a.md", "content": "\udfff"}]})


@given(st.text(alphabet="`~ a\n#md", max_size=60))
def test_what_is_taken_off_is_the_first_and_the_last_line_or_nothing(said: str) -> None:
    lines = said.strip().split("\n")
    assert unfenced(said) in (said, "\n".join(lines[1:-1]))


@given(st.text(alphabet=st.characters(exclude_characters="`~\r", exclude_categories=["Cs"]), min_size=1))
def test_a_text_without_fences_stands_in_one_and_comes_out_the_same(said: str) -> None:
    assert unfenced(f"```\n{said}\n```") == said


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"files": []}, "the answer must have the key files, a list of at least one file"),
        ([], "the answer must have the key files, a list of at least one file"),
        ({"files": ["a.md"]}, "each of the files must have a path and a content, both texts"),
        ({"files": [{"path": "a.md", "content": 7}]}, "each of the files must have a path and a content, both texts"),
        ({"files": [{"path": "c.md", "content": "x"}]}, "'c.md' is none of the files to write: a.md, b/"),
        ({"files": [{"path": "b/../a.md", "content": "x"}]}, "'b/../a.md' is none of the files to write: a.md, b/"),
        ({"files": [{"path": "a.md", "content": " \n"}]}, "'a.md' is empty"),
        ({"files": [{"path": "a.md", "content": "x"}] * 2}, "'a.md' is there twice"),
    ],
)
def test_a_list_of_files_that_is_none_is_told_what_is_wrong(value: object, fault: str) -> None:
    asked = form("a.md", "b/")
    assert not isinstance(asked, Unasked)
    with pytest.raises(Misfit) as caught:
        files_of_value(asked, value)
    assert str(caught.value) == fault


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('{"score": "7"}', "score is to be a whole number, and is the text '7'"),
        ("score: 7", "the answer:1:1: "),
        ('{"score": 7, "score": 8}', "the answer:1:14: "),
        ('{"score": NaN}', "the answer:1:11: "),
        ("[" * 5_000, "the answer:1:65: "),
        ("[7]", "the whole is to be "),
    ],
)
def test_data_that_does_not_fit_is_told_what_is_wrong(said: str, fault: str) -> None:
    asked = form("a.yaml", schemas={"a.yaml": SCORE})
    assert not isinstance(asked, Unasked)
    with pytest.raises(Misfit) as caught:
        files_of_text(asked, said)
    assert str(caught.value).startswith(fault)


def test_data_in_a_fence_is_data() -> None:
    asked = form("a.json", schemas={"a.json": SCORE})
    assert not isinstance(asked, Unasked)
    assert files_of_text(asked, '```json\n{"score": 7}\n```') == {"a.json": b'{\n  "score": 7\n}\n'}


def test_a_schema_is_closed_where_every_object_names_all_its_keys() -> None:
    closed = {"type": "object", "properties": {}, "additionalProperties": False}
    assert is_closed(closed)
    assert is_closed({"type": "array", "items": closed})
    assert not is_closed({"type": "array", "items": {"type": "object"}})
    assert not is_closed({"$ref": "#/$defs/a", "$defs": {"a": closed}})
