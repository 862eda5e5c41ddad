"""Prose out of Markdown, as passages and sentences, each on its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.sentences import Kind, passages, sentences, without_code_spans

TEXT = """\
---
title: Not prose.
---
# A heading

One sentence. Another,
on two lines. A third
ends here.

Under lined
===

- item one
  goes on
* item two

      code of an item is taken for its text

1. first
2) second
***
New text.

    indented.code

| a b | c \\| d |
|-----|--------|
| e | |

f | g
- | -
1 h | 2 i

> quoted
lazily
> and on

> [!NOTE]
> A note.

```
fenced.
```
Last\
"""


def told(text: str) -> list[tuple[str, int, str]]:
    return [(str(passage.kind), passage.line, " ".join(passage.text.split())) for passage in passages(text)]


def split(text: str) -> list[str]:
    (passage,) = passages(text)
    return [sentence.text for sentence in sentences(passage)]


def test_each_kind_of_passage_stands_on_its_line() -> None:
    assert told(TEXT) == [
        ("heading", 4, "A heading"),
        ("paragraph", 6, "One sentence. Another, on two lines. A third ends here."),
        ("heading", 10, "Under lined"),
        ("item", 13, "item one goes on"),
        ("item", 15, "item two"),
        ("paragraph", 17, "code of an item is taken for its text"),
        ("item", 19, "first"),
        ("item", 20, "second"),
        ("paragraph", 22, "New text."),
        ("cell", 26, "a b"),
        ("cell", 26, "c d"),
        ("cell", 28, "e"),
        ("cell", 30, "f"),
        ("cell", 30, "g"),
        ("cell", 32, "1 h"),
        ("cell", 32, "2 i"),
        ("quotation", 34, "quoted lazily and on"),
        ("paragraph", 38, "A note."),
        ("paragraph", 44, "Last"),
    ]


def test_each_sentence_stands_on_the_line_where_it_begins() -> None:
    found = [(each.line, each.text, each.words) for passage in passages(TEXT)[1:2] for each in sentences(passage)]
    assert found == [(6, "One sentence.", 2), (6, "Another, on two lines.", 4), (7, "A third ends here.", 4)]


@pytest.mark.parametrize(
    "whole",
    [
        "It is 3.5 km from v1.2 to a.b.",
        "Ask Mr. Fox, e.g. by mail, i.e. now.",
        "It was J. R. Smith of the U.S. Army.",
        "A. Lee came.",
        "Ann B. Lee came.",
        "See no. 5 on p. 7 of vol. 2 by Jan. 3.",
        "“Why?” she asked.",
        "He stopped… and went on... and on.",
        "No stop at all",
        "Apples, pears etc. are here.",
        "a.b.c",
    ],
)
def test_a_full_stop_within_a_sentence_ends_none(whole: str) -> None:
    assert split(whole) == [whole]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("What?! Yes.", ["What?!", "Yes."]),
        ("It fell... Then it rose.", ["It fell...", "Then it rose."]),
        ("He said “no.” She left (at once.) It rained.", ["He said “no.”", "She left (at once.)", "It rained."]),
        ('"One." "Two."', ['"One."', '"Two."']),
        ("We took plan B. It rained.", ["We took plan B.", "It rained."]),
        ("I said no. They left.", ["I said no.", "They left."]),
        ("We ate at 5 p.m. It rained etc. The end.", ["We ate at 5 p.m.", "It rained etc.", "The end."]),
        ("It has 5. 7 came.", ["It has 5.", "7 came."]),
        ("これは文です。「次。」終わり", ["これは文です。", "「次。」", "終わり"]),
        ("... One.", ["One."]),
        ("I. It was.", ["I. It was."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_a_year_at_the_head_of_a_line_begins_no_list_but_a_one_does() -> None:
    assert [kind for kind, _, _ in told("It was in\n1986. It rained.\n")] == ["paragraph"]
    assert [kind for kind, _, _ in told("It was in\n1. It rained.\n")] == ["paragraph", "item"]
    assert [kind for kind, _, _ in told("It was in\n- It rained.\n")] == ["paragraph", "item"]
    assert [kind for kind, _, _ in told("- It was in\n1986. It rained.\n")] == ["item", "item"]


def test_what_is_indented_is_code_only_where_no_list_is_open() -> None:
    assert told("a\n    b\n") == [("paragraph", 1, "a b")]
    assert told("    b\n\n    c\n") == []
    assert told("\tb\n") == []
    assert told("   b\n") == [("paragraph", 1, "b")]
    assert told("- a\n\nb\n\n    c\n") == [("item", 1, "a"), ("paragraph", 3, "b")]


def test_only_rows_of_a_table_are_cells() -> None:
    assert told("a | b\nc | d\n") == [("paragraph", 1, "a b c d")]
    assert told("|a|\n") == [("cell", 1, "a")]
    assert told("a | b\n-|-\nc\n") == [("cell", 1, "a"), ("cell", 1, "b"), ("paragraph", 3, "c")]
    assert told("a | b\n---\n") == [("heading", 1, "a b")]


def test_comments_tags_and_targets_of_links_are_no_prose() -> None:
    text = "<!-- a\nb -->\n<p>One [two](three.md)</p> <https://four.five>\n[x]: y\n"
    assert told(text) == [("paragraph", 1, "One two")]


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("a `b` c", "a   c"),
        ("a ``b ` c`` d", "a   d"),
        ("a `b c", "a `b c"),
        ("a ``b` c", "a ``b` c"),
        ("a `b\nc` d", "a  \n d"),
        ("a `b\n\nc` d", "a `b\n\nc` d"),
        ("a \\`b` c", "a \\`b` c"),
        ("`a` and `b`", "  and  "),
        ("`a``b`", " "),
        ("no code", "no code"),
        ("", ""),
    ],
)
def test_code_between_backticks_is_left_out_where_it_is_closed(text: str, rest: str) -> None:
    assert without_code_spans(text) == rest


@given(st.text(alphabet="ab.!? \n`|>#-*1=\r\t“。", max_size=80))
def test_no_word_is_lost_between_a_passage_and_its_sentences_and_lines_rise(text: str) -> None:
    lines = text.count("\n") + 1
    for passage in passages(text):
        found = list(sentences(passage))
        assert "".join(each.text for each in found if each).replace(" ", "") in "".join(passage.text.split()) or found
        assert sum(each.words for each in found) > 0
        numbers = [each.line for each in found]
        assert numbers == sorted(numbers)
        assert 1 <= passage.line <= numbers[0] <= numbers[-1] <= lines


def test_kinds_are_named_in_words() -> None:
    assert [str(kind) for kind in Kind] == ["paragraph", "heading", "item", "cell", "quotation"]
