"""The check `placeholder`: what each rule finds, what it leaves alone, and where it looks."""

import pytest
from gate_cases import HOSTILE, material, said

TODO = "is left to be done -> do it, or leave it out"
LOREM = "fills space -> write the text that belongs there"
MODEL = "is a model speaking of itself, and no part of the text -> leave it out"
TEMPLATE = "is a template that nobody filled in -> fill it in; what is meant as code belongs in code marks"
EXAMPLE = "is the name of an example -> write the real one"


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("TODO: write", f"major todo a.md:2: 'TODO' {TODO}"),
        ("price [insert price here].", f"major todo a.md:2: '[insert price here]' {TODO}"),
        ("Dear <your name>,", f"major todo a.md:2: '<your name>' {TODO}"),
        ("It costs ____ euros", f"major todo a.md:2: '____' {TODO}"),
        ("Lorem  ipsum", f"major lorem a.md:2: 'Lorem  ipsum' {LOREM}"),
        ("As an AI language model, I", f"major as-an-ai a.md:2: 'As an AI language model' {MODEL}"),
        ("Here is the revised version:", f"major as-an-ai a.md:2: 'Here is the revised version:' {MODEL}"),
        ("Dear {{ name }}", f"major template a.md:2: '{{{{ name }}}}' {TEMPLATE}"),
        ("Dear ${name}!", f"major template a.md:2: '${{name}}' {TEMPLATE}"),
    ],
)
def test_a_text_with_a_placeholder_fails_at_its_line(text: str, finding: str) -> None:
    assert said({"placeholder": None}, {"a.md": f"One\n{text}\n"}) == ["fail", finding]


def test_the_name_of_an_example_is_a_remark() -> None:
    found = said({"placeholder": None}, {"a.md": "Write to ann@example.com or John Doe.\n"})
    assert found == ["pass", f"minor example a.md:1: 'ann@example.com' {EXAMPLE}"]


def test_a_text_without_passes() -> None:
    text = "# To do\n\nA to-do list, a TODO list and `TODO` marks.\n\n___\n\n[Insert a row](rows.md), as an AI lab.\n"
    assert said({"placeholder": None}, {"a.md": text}) == ["pass"]


def test_code_in_markdown_may_hold_anything_unless_it_is_looked_at() -> None:
    text = "`TODO`\n\n```\n{{ name }}\n```\n\n    lorem ipsum\n"
    assert said({"placeholder": None}, {"a.md": text}) == ["pass"]
    assert said({"placeholder": {"code": True}}, {"a.md": text}) == [
        "fail",
        f"major todo a.md:1: 'TODO' {TODO}",
        f"major template a.md:4: '{{{{ name }}}}' {TEMPLATE}",
        f"major lorem a.md:7: 'lorem ipsum' {LOREM}",
    ]


@pytest.mark.parametrize("path", ["a.txt", "a.html", "a.svg", "a.yaml", "a.json", "a.csv", "A.TXT"])
def test_other_texts_are_looked_at_as_they_stand(path: str) -> None:
    assert said({"placeholder": None}, {path: "`TODO`"}) == ["fail", f"major todo {path}:1: 'TODO' {TODO}"]


def test_markdown_of_another_ending_has_code_as_well() -> None:
    assert said({"placeholder": None}, {"A.MARKDOWN": "`TODO`"}) == ["pass"]


def test_a_rule_can_be_off_or_as_bad_as_one_likes() -> None:
    files = {"a.md": "TODO\nlorem ipsum\nexample.com\n"}
    use = {"rules": {"todo": "off", "lorem": "critical", "example": "off"}}
    assert said({"placeholder": use}, files) == ["fail", f"critical lorem a.md:2: 'lorem ipsum' {LOREM}"]
    assert [line.split()[0] for line in said({"placeholder": {"severity": "info"}}, files)] == ["pass", *["info"] * 3]


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (20, f"major todo a.md:20: 'TODO' {TODO}"),
        (21, "major todo a.md: the same in 1 more place"),
        (22, "major todo a.md: the same in 2 more places"),
    ],
)
def test_of_many_the_first_twenty_are_told(count: int, last: str) -> None:
    found = said({"placeholder": None}, {"a.md": "TODO\n" * count})
    assert (len(found) - 1, found[-1]) == (min(count, 21), last)


def test_what_stands_there_is_told_without_its_control_characters() -> None:
    found = said({"placeholder": None}, {"a.md": "{{ \x1b[31m }}\n"})
    assert found[1].startswith("major template a.md:1: '{{ \\x1b[31m }}' ")


def test_each_text_is_judged_or_the_file_that_is_named() -> None:
    judged = material({"a.md": "TODO", "b.png": "TODO", "c.log": "TODO"}, ("a.md", "b.png", "c.log"))
    assert said({"placeholder": None}, judged) == ["fail", f"major todo a.md:1: 'TODO' {TODO}"]
    assert said({"placeholder": {"file": "c.log"}}, judged) == ["fail", f"major todo c.log:1: 'TODO' {TODO}"]


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ({"rules": {"tood": "minor"}}, "there is no rule 'tood'; did you mean"),
        ({"rules": {"todo": "bad"}}, "rules.todo: "),
        ({"code": "perhaps"}, "code: "),
        ({"patterns": ["x"]}, "patterns: unknown key; known keys: code, file, rules, severity"),
    ],
)
def test_wrong_settings_are_an_error(use: object, reason: str) -> None:
    (verdict, finding) = said({"placeholder": use}, {"a.md": "x"})
    assert verdict == "error"
    assert reason in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    assert said({"placeholder": None}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
