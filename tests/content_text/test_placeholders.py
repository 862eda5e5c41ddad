"""What stands in for a text, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.placeholders import Placeholder, placeholders

KINDS = ("todo", "lorem", "as-an-ai", "template", "example")


def found(text: str, kind: str) -> list[str]:
    return [each.text for each in placeholders(text, kind)]


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        *(
            ("todo", text, "TODO")
            for text in (
                "TODO",
                "TODO: x",
                "a TODO: x",
                "a TODO(ann) x",
                "TODO write it",
                "- TODO write",
                "## TODO",
                "1. TODO x",
                "a [TODO] x",
                "a (TODO) x",
                "a (TODO: x)",
                "price: TODO",
                "price: **TODO**",
                "| a | TODO |",
                '"a": "TODO"',
                "a,TODO,b",
                "<p>TODO</p>",
                "**TODO**: x",
                "`TODO`",
                "a\nTODO x",
                "> TODO",
                "- [ ] TODO",
                "a: TODO.",
                "TODO elements",
                "x\nTODO.",
            )
        ),
        ("todo", "a XXX: x", "XXX"),
        ("todo", "Speaker: TBA", "TBA"),
        ("todo", "Dear [Name],", "[Name]"),
        ("todo", "[NAME]", "[NAME]"),
        ("todo", "on [Date]", "[Date]"),
        ("todo", "at [Company].", "[Company]"),
        ("todo", "to [Address]", "[Address]"),
        ("todo", "x [insert] y", "[insert]"),
        ("todo", "[Placeholder]", "[Placeholder]"),
        ("todo", "the price of ___ euros", "___"),
        ("todo", r"of \_\_\_\_ euros", r"\_\_\_\_"),
        ("todo", "FIXME(ann)", "FIXME"),
        ("todo", "price: TBD", "TBD"),
        ("todo", "XXX", "XXX"),
        ("todo", "<!-- TODO: x -->", "TODO"),
        ("todo", "[Insert name]", "[Insert name]"),
        ("todo", "[your company name here]", "[your company name here]"),
        ("todo", "[Company Name]", "[Company Name]"),
        ("todo", "Dear <Your name>", "<Your name>"),
        ("todo", "<insert-date>", "<insert-date>"),
        ("lorem", "LOREM IPSUM", "LOREM IPSUM"),
        ("lorem", "dolor\nsit amet", "dolor\nsit amet"),
        ("lorem", "Lorem <b>ipsum</b>", "Lorem <b>ipsum"),
        ("lorem", "Lorem **ipsum** x", "Lorem **ipsum"),
        ("as-an-ai", "As an AI developed by a lab", "As an AI developed by"),
        ("as-an-ai", "Certainly! Below is the text", "Certainly! Below"),
        ("as-an-ai", "Sure! Below you find it", "Sure! Below"),
        ("as-an-ai", "Here is the listing you asked for:", "Here is the listing you asked for:"),
        ("as-an-ai", "Here's what you\u2019ve requested", "Here's what you\u2019ve requested"),
        ("lorem", "sed do eiusmod tempor", "sed do eiusmod"),
        ("as-an-ai", "as a large language model", "as a large language model"),
        ("as-an-ai", "As an AI, I cannot", "As an AI, I"),
        ("as-an-ai", "I'm just an AI assistant.", "I'm just an AI assistant"),
        ("as-an-ai", "I\u2019m a language model and", "I\u2019m a language model"),
        ("as-an-ai", "I cannot fulfil this", "I cannot fulfil"),
        ("as-an-ai", "I can't fulfill that", "I can't fulfill"),
        ("as-an-ai", "I'm sorry, but I can't assist", "I'm sorry, but I can't assist"),
        ("as-an-ai", "I cannot help with that", "I cannot help with that"),
        ("as-an-ai", "As of my last update in", "As of my last update"),
        ("as-an-ai", "As of my latest knowledge update", "As of my latest knowledge update"),
        ("as-an-ai", "my knowledge cutoff is", "my knowledge cutoff"),
        ("as-an-ai", "Here is the revised version:", "Here is the revised version:"),
        ("as-an-ai", "**Here's your polished listing copy:**", "**Here's your polished listing copy:**"),
        ("as-an-ai", "Sure! Here's the", "Sure! Here's"),
        ("as-an-ai", "Certainly! Here are", "Certainly! Here are"),
        ("as-an-ai", "Sure, I'll write", "Sure, I'll"),
        ("as-an-ai", "I hope this helps!", "I hope this helps"),
        ("as-an-ai", "Let me know if you'd like me to", "Let me know if you'd like me to"),
        ("as-an-ai", "Would you like me to", "Would you like me to"),
        ("template", "{{name}}", "{{name}}"),
        ("template", "{% if x %}", "{% if x %}"),
        ("template", "{# note #}", "{# note #}"),
        ("template", "<%= name %>", "<%= name %>"),
        ("template", "${user.name}", "${user.name}"),
        ("template", "${HOME:-/root}", "${HOME:-/root}"),
        ("example", "https://www.example.com/x", "www.example.com"),
        ("example", "a.b@example.org", "a.b@example.org"),
        ("example", "Jane Doe", "Jane Doe"),
        ("example", "ACME Corp", "ACME Corp"),
    ],
)
def test_a_placeholder_is_found(kind: str, text: str, shown: str) -> None:
    assert found(text, kind) == [shown]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("todo", "todo Todo to-do TODOs xTODO TODO_LIST TODO.md a.TODO XXXL XXX-large"),
        ("todo", "the TODO list, a TODO app, TODO items"),
        ("todo", "[Insert a row](rows.md) [your data][ref] [your data]: x"),
        ("todo", "Super Bowl XXX\nThe Super Bowl XXX was long."),
        ("todo", "TODO el mundo lo sabe.\nESO ES TODO.\n- TODO lo que"),
        ("todo", 'Fix TODO parsing, a TODO. So we TODO it, "a TODO b"'),
        ("todo", "Signed: ____\nName:___ Date: ____\nBy: \\_\\_\\_\\_ At:\\_\\_\\_"),
        ("todo", "a[Name] ![Date] x][Company] [name] [date] [Address](x) [Names]"),
        ("todo", "See [Address].\n\n[address]: https://a.example"),
        ("todo", "press the [Insert key]"),
        ("todo", "<yours> <b> a < your b"),
        ("todo", "___\n  ___  \n_ _ _\n___bold___ __init__ a___b __"),
        ("lorem", "the dolor of it, ipsum, loremipsum"),
        ("as-an-ai", "She works as an AI researcher, as an AI company would."),
        ("as-an-ai", "I am an AI researcher. I am a language teacher."),
        ("as-an-ai", "A language model is a program. Here is the recipe: take"),
        ("as-an-ai", "I cannot help with the dishes. I'm sorry, but I can't come."),
        ("as-an-ai", "Here is the final score: 2 to 1. Sure. We are sure, here is why"),
        ("template", "{name} {{}} ${} ${1} $x {#id} 100% <b> {a: {b: 1}}"),
        ("template", "the sum is ${x}^2$, ${y}$"),
        ("example", "for example. com, myexample.com, example.community, example.com.evil, doe, John Doering"),
    ],
)
def test_what_only_looks_like_one_is_not(kind: str, text: str) -> None:
    assert found(text, kind) == []


def test_one_of_each_line_is_told_in_order() -> None:
    assert list(placeholders("TBD TODO\n\n___\nTODO\nx [insert it] TODO\n", "todo")) == [
        Placeholder(1, "TBD"),
        Placeholder(4, "TODO"),
        Placeholder(5, "[insert it]"),
    ]


@given(st.lists(st.sampled_from(["TODO", "x", "\n", "lorem ipsum", "{{ a }}", "___", "John Doe"]), max_size=20))
def test_each_stands_on_its_line(parts: list[str]) -> None:
    text = " ".join(parts)
    lines = text.split("\n")
    for kind in KINDS:
        for each in placeholders(text, kind):
            assert each.text in lines[each.line - 1]


@pytest.mark.parametrize(
    "piece",
    [
        "_",
        r"\_",
        "_ ",
        "[your ",
        "<your ",
        "{{ a",
        "{% ",
        "${a",
        "a@",
        "example.",
        "lorem ",
        "I cannot ",
        "here is the ",
    ],
)
def test_a_hostile_text_is_read_without_trying_everything(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    for kind in KINDS:
        sum(1 for _ in placeholders(text, kind))


@pytest.mark.parametrize("before", ["", "İ\n", "a job\n\n"])
@pytest.mark.parametrize(
    ("kind", "line"),
    [("example", "we met John Doe here"), ("todo", "the [placeholder] here"), ("as-an-ai", "as an AI, I"),
     ("lorem", "dolor\nsit amet")],
)  # fmt: skip
def test_a_placeholder_is_found_on_its_line_wherever_that_stands(before: str, kind: str, line: str) -> None:
    number = before.count("\n") + 1
    (one, other) = placeholders(f"{before}{line}\n{line}", kind)
    assert (one.line, other.line) == (number, number + line.count("\n") + 1)
