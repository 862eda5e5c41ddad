import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from orchestrator.documents.expressions import ExpressionError, compile_expression

CONTEXT = {"params": {"review": "person", "n": 3, "house style": None}, "review": {"findings": [{"line": 1}, {}]}}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('params.review == "person"', True),
        ("params.review == 'person' and params.n != 3", False),
        ("review.findings | length > 0", True),
        ("review.findings|length == 2", True),
        ("not review.findings", False),
        ("not (params.n < 2 or params.n >= 3)", False),
        ('params["house style"] == none', True),
        ("params.n in [1, 2, 3]", True),
        ("params.n not in [1, 2]", True),
        ('"pers" in params.review', True),
        ("1 < params.n <= 3", True),
        ("-1 < 0", True),
        ("true", True),
        ("false or params.n", True),
        ("[1, -2.5] == [1, -2.5]", True),
        ("params.review\n  == 'person'\n", True),
        ("false and params.nothing", False),
    ],
)
def test_what_is_listed_is_worked_out(text: str, holds: bool) -> None:
    assert compile_expression(text).holds(CONTEXT) is holds


def test_an_expression_says_what_it_names() -> None:
    found = compile_expression(
        'params.review == "x" and params["a b"] or review.findings.first | length and params.review'
    )
    assert found.names == {"params", "review"}
    assert found.attributes == {("params", "review"), ("params", "a b"), ("review", "findings", "first")}
    assert (found.column_of("params"), found.column_of("review"), found.column_of("nothing")) == (1, 43, 1)


@pytest.mark.parametrize(
    ("text", "texts"),
    [
        ('params.review == "person"', {"person"}),
        ('"person" != params["review"]', {"person"}),
        ('not (params.review == "a" and params.n == 3) or "b" == params.review != "c"', {"a", "b", "c"}),
        ('params.review in ["a", 2, "b"] or params.review not in ["c"]', {"a", "b", "c"}),
        ('"part" in params.review or params.review in "whole" or params.review < "b"', set()),
        ('params.n == "x" or review.review == "y" or "params.review" == "z"', set()),
        ("params.review == 1 or params.review == params.n or params.review", set()),
    ],
)
def test_an_expression_says_with_which_texts_it_compares(text: str, texts: set[str]) -> None:
    assert compile_expression(text).compared_with(("params", "review")) == texts


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "the expression is empty"),
        ("params.n + 1", 1, "arithmetic is not allowed"),
        ("foo()", 4, "a call is not allowed"),
        ("a if b else c", 1, "if … else is not allowed"),
        ("params.n is defined", 10, "a test (is …) is not allowed"),
        ("a == 1 and b|upper", 14, "the filter 'upper' is not allowed"),
        ("a|length(1)", 3, "the filter 'length' is not allowed"),
        ('"a" ~ "b"', 1, "joining (~) is not allowed"),
        ("{}", 1, "a mapping is not allowed"),
        ("(1, 2)", 3, "a tuple is not allowed"),
        ("a[0]", 2, "only a text in quotes may stand in [ ]"),
        ("a[b]", 2, "only a text in quotes may stand in [ ]"),
        ("a b", 3, "'b' is one too many"),
        ("a == (b or", 9, "the expression ends too early"),
        ("a == not", 6, "'not' cannot stand here"),
        ("(" * 31, 31, "more than 30 open brackets"),
        ("not " * 151 + "a", 1, "more than 150 words and signs"),
        ("a" * 1_001, 1, "longer than 1,000 characters"),
    ],
)
def test_what_is_not_listed_is_refused_at_its_column(text: str, column: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert (caught.value.column, caught.value.message) == (column, message)


_AS_IT_IS = "compare it as it is, or look at what the file holds"
_ALIKE = "compare numbers with numbers, texts with texts; `in` wants a list, a mapping or a text"


@pytest.mark.parametrize(
    ("text", "column", "message", "hint"),
    [
        ("reviw.findings", 1, "there is no 'reviw'", 'did you mean "review"?'),
        ("params.n == 3 and params.reviev", 25, "params has no 'reviev'", 'did you mean "review"?'),
        ("params.n.x", 9, "params.n has no 'x': it is no mapping of keys", _AS_IT_IS),
        ("params.n < 'a'", 12, "these two cannot be compared like that", _ALIKE),
        ("1 in params.n", 6, "these two cannot be compared like that", _ALIKE),
        ("params.n | length", 12, "params.n has no length", "a list, a mapping and a text have one"),
        ("-params.review < 1", 1, "only a number can be negative", "drop the minus sign, or put the text in quotes"),
    ],
)
def test_what_is_not_there_is_named_and_never_simply_false(
    text: str, column: int, message: str, hint: str | None
) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text).holds(CONTEXT)
    assert (caught.value.column, caught.value.message, caught.value.hint) == (column, message, hint)


OPERANDS = st.sampled_from(["p.a", "p.b", "1", "2", "'x'", "true", "none", "[1, 2]"])
EXPRESSIONS = st.recursive(
    OPERANDS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda text: f"(not {text})"),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_it_comes_to_what_jinja_comes_to(text: str) -> None:
    context = {"p": {"a": 1, "b": "x"}}
    wanted = Environment(autoescape=False).compile_expression(text, undefined_to_none=False)(**context)
    assert compile_expression(text).holds(context) is bool(wanted)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40) | st.text("ab.[]()'\"|=<>! notin{}%#-~1", max_size=40))
def test_any_text_is_read_or_refused_with_a_column(text: str) -> None:
    column = 1
    try:
        compile_expression(text).holds({"a": {"b": 1}})
    except ExpressionError as error:
        column = error.column
    assert 1 <= column <= len(text) + 1
