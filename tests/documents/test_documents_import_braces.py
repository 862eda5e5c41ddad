"""CrewAI's texts as templates of ours: inputs are filled in, and nothing else in them does anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import prompts
from orchestrator.documents.importing.braces import inputs, templated

VALUES = {"topic": "mugs", "my-var": "{topic}", "items": "three", "_x1": "{{ title }}"}


def rendered(text: str) -> str:
    """Return what the template of a text gives, with a line of our own behind it."""
    template = f"{templated(text)}\nend\n"
    return prompts.render(template, "p", {"params": VALUES}).removesuffix("\nend")


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("About {topic} and {topic}.", "About mugs and mugs."),
        ("{my-var} {items} {_x1}", "{topic} three {{ title }}"),
        ("{{topic}} {{{topic}}}", "{mugs} {{mugs}}"),
        ('{"a": {"b": 1}} {1} {a b} {}', '{"a": {"b": 1}} {1} {a b} {}'),
        ("{{ config }} {{ params }}", "{{ config }} {{ params }}"),
        ("{% include 'x' %} {%- set a = 1 -%}", "{% include 'x' %} {%- set a = 1 -%}"),
        ("{# gone? #} {", "{# gone? #} {"),
        ("{% raw %}{{ x }}{% endraw %}", "{% raw %}{{ x }}{% endraw %}"),
    ],
)
def test_an_input_is_filled_in_and_every_other_brace_is_a_brace(text: str, gives: str) -> None:
    assert rendered(text) == gives


SIGNS = st.text(alphabet="{}%#-+ \n\"'|ab1_")
PARTS = st.lists(st.one_of(SIGNS, st.sampled_from([f"{{{name}}}" for name in VALUES])))


@given(PARTS)
def test_any_text_comes_out_as_it_went_in_but_for_its_inputs(parts: list[str]) -> None:
    text = "".join(parts)
    if not set(inputs(text)) <= set(VALUES):
        return
    wanted = text
    for name in inputs(text):
        wanted = wanted.replace(f"{{{name}}}", f"\0{name}\0")
    for name, value in VALUES.items():
        wanted = wanted.replace(f"\0{name}\0", value)
    assert rendered(text) == wanted


@given(PARTS)
def test_no_text_makes_a_template_that_uses_anything_but_params(parts: list[str]) -> None:
    assert prompts.faults(templated("".join(parts)), "p", names=["params"]) == ()
