"""The check `changed`: how much, where, each limit just kept and just broken; and whom it binds."""

import pytest
from gate_cases import HOSTILE, Files, material, said

from orchestrator.gates import Material

TEN = "one two three four five six seven eight nine ten\n"
TWO_OF_TEN = "one 2 three four five six seven eight nine 10\n"
PAGE = """\
---
title: Mug
price: 24
tags:
  - mug
---
Head.

# Mug

Intro.

## 2.1 Price

It costs 24.

### Postage

Five.

## Sources

Notes.
"""
BACK = "put it back as it was"


def change(after: str | bytes, before: str | bytes = TEN, path: str = "a.md") -> Material:
    return material({path: after}, before={path: before})


def edited(*pairs: tuple[str, str]) -> Material:
    text = PAGE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return change(text, PAGE)


# --- white space that says something ---------------------------------------------------------------------------------

CODE = "# Kept\n\n```\nif x:\n    y\n```\n"
LIST = "# Kept\n\n- a\n  - b\n- c\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CODE, CODE.replace("    y", "y")),
        (CODE, CODE.replace("    y", "  y")),
        (LIST, LIST.replace("  - b", "- b")),
        (LIST, LIST.replace("- c", "  - c")),
        (LIST.replace("-", "1."), LIST.replace("-", "1.").replace("  1. b", "1. b")),
    ],
)
def test_indentation_of_code_and_of_lists_must_stay(before: str, after: str) -> None:
    assert said({"changed": 0}, change(after, before))[0] == "fail"
    assert said({"changed": {"keep": ["Kept"]}}, change(after, before))[0] == "fail"


def test_indentation_of_prose_and_how_it_breaks_may_change() -> None:
    after = "# Kept\n\none\n  two three\n\nfour\n"
    for use in ({"max_percent": 0}, {"keep": ["Kept"]}):
        assert said({"changed": use}, change(after, "# Kept\n\none two\nthree\n\n four\n")) == ["pass"]


# --- how much --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "use",
    [20, {"max_percent": 20}, {"min_percent": 20}, {"min_percent": 20, "max_percent": 20}, {"min_percent": 0},
     {"max_lines": 1}, {"max_lines": 2, "max_percent": 20.1}],
)  # fmt: skip
def test_a_change_within_its_limits_passes(use: object) -> None:
    assert said({"changed": use}, change(TWO_OF_TEN)) == ["pass"]


@pytest.mark.parametrize(
    ("use", "finding"),
    [
        (19.9, "20 % of the text changed; at most 19.9 % may -> change only what the findings name"),
        ({"min_percent": 20.1}, "20 % of the text changed; at least 20.1 % must -> change what was asked for"),
        ({"max_lines": 0}, "1 line changed; at most 0 may -> change only what the findings name"),
    ],
)
def test_a_change_beyond_a_limit_fails_with_its_figure(use: object, finding: str) -> None:
    assert said({"changed": use}, change(TWO_OF_TEN)) == ["fail", f"major a.md: {finding}"]


def test_what_is_over_a_limit_never_reads_as_being_at_it() -> None:
    before = "w " * 3_000
    assert said({"changed": 0}, change("x" + before[1:], before))[1].startswith(
        "major a.md: 0.1 % of the text changed;"
    )


def test_lines_that_go_and_lines_that_come_are_counted() -> None:
    three = "a\nb\nc\n"
    assert said({"changed": {"max_lines": 2}}, change("a\n", three)) == ["pass"]
    assert said({"changed": {"max_lines": 1}}, change("a\n", three))[1].startswith("major a.md: 2 lines changed;")
    assert said({"changed": {"max_lines": 1}}, change(three + "d\n", three)) == ["pass"]
    assert said({"changed": {"max_lines": 0}}, change(three, three)) == ["pass"]
    assert said({"changed": {"max_lines": 2}}, change("", three))[1].startswith("major a.md: 3 lines changed;")


def test_nothing_changed_is_too_little_where_something_must() -> None:
    finding = "major a.md: 0 % of the text changed; at least 1 % must -> change what was asked for"
    assert said({"changed": {"min_percent": 1}}, change(TEN)) == ["fail", finding]


def test_the_severity_is_the_one_that_is_asked_for() -> None:
    assert said({"changed": {"max_percent": 1, "severity": "minor"}}, change(TWO_OF_TEN))[0] == "pass"


# --- where -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", [{"keep": ["Price"]}, {"keep": ["mug"]}, {"keep": ["Sources", "postage"]}, {"only": []},
                                 {"keep_front_matter": ["price", "tags"]}, {"only_front_matter": []}])  # fmt: skip
def test_a_text_that_stayed_passes(use: object) -> None:
    assert said({"changed": use}, edited()) == ["pass"]
    assert said({"changed": use}, edited(("\nNotes.", "\nNotes.\n\n"))) == ["pass"]


@pytest.mark.parametrize(
    ("use", "pair"),
    [
        ({"keep": ["Price"]}, ("Notes", "Others")),
        ({"keep": ["Price"]}, ("Intro", "Others")),
        ({"keep": ["Price"]}, ("# Mug", "# Cup")),
        ({"keep": ["Postage"]}, ("costs 24", "costs 25")),
        ({"only": ["Price"]}, ("costs 24", "costs 25")),
        ({"only": ["price:"]}, ("Five", "Six")),
        ({"only": ["Mug"]}, ("Notes", "Others")),
        ({"only": ["Price"], "only_front_matter": ["price"]}, ("price: 24", "price: 25")),
        ({"only": ["Price", "Gone"]}, ("## 2.1 Price\n\nIt costs 24.\n", "## 2.1 Price\n\n")),
        ({"keep_front_matter": ["price"]}, ("title: Mug", "title: Cup")),
        ({"keep_front_matter": ["title"]}, ("  - mug", "  - cup")),
        ({"only_front_matter": ["tags"]}, ("  - mug", "  - cup")),
        ({"only_front_matter": ["tags"]}, ("Notes", "Others")),
    ],
)
def test_a_change_where_it_may_be_passes(use: object, pair: tuple[str, str]) -> None:
    assert said({"changed": use}, edited(pair)) == ["pass"]


@pytest.mark.parametrize(
    ("use", "pair", "finding"),
    [
        ({"keep": ["Price"]}, ("costs 24", "costs 25"),
         ":15: the section '2.1 Price' changed, and must stay word for word"),
        ({"keep": ["price"]}, ("Five", "Six"), ":19: the section 'Postage' changed, and must stay word for word"),
        ({"keep": ["Sources"]}, ("\nNotes.\n", ""), ":21: the section 'Sources' changed, and must stay word for word"),
        ({"keep": ["Sources"]}, ("Notes.\n", "Notes.\nx\n"),
         ":24: the section 'Sources' changed, and must stay word for word"),
        ({"keep": ["Sources"]}, ("Notes.\n", "Notes.\n### New\n"),
         ":24: the section 'New' is new, and must stay word for word"),
        ({"keep": ["Sources"]}, ("\n## Sources\n\nNotes.\n", ""),
         ": the section 'Sources' is gone, and must stay word for word"),
        ({"keep": ["Postage", "Sources"]}, ("## Sources", "## Notes"),
         ": the section 'Sources' is gone, and must stay word for word"),
        ({"only": ["Price"]}, ("Intro", "Others"), ":11: the section 'Mug' changed, and only 'Price' may change"),
        ({"only": ["Price"]}, ("Notes", "Others"), ":23: the section 'Sources' changed, and only 'Price' may change"),
        ({"only": ["Price", "Postage"]}, ("## Sources\n\nNotes.\n", ""),
         ": the section 'Sources' is gone, and only 'Price', 'Postage' may change"),
        ({"only": ["Price"]}, ("Notes.\n", "Notes.\n# Cup\n"),
         ":24: the section 'Cup' is new, and only 'Price' may change"),
        ({"only": ["Price"]}, ("Head", "Others"),
         ":7: the text before the first heading changed, and only 'Price' may change"),
        ({"only": []}, ("Head", "Others"),
         ":7: the text before the first heading changed, and nothing of it may change"),
        ({"only": ["Price"]}, ("price: 24", "price: 25"),
         ":3: 'price' of the front matter changed, and nothing of it may change"),
        ({"only": ["Price"], "only_front_matter": ["tags"]}, ("price: 24", "price: 25"),
         ":3: 'price' of the front matter changed, and only 'tags' may change"),
        ({"only_front_matter": ["price"]}, ("title: Mug", "title: Mug\nnote: x"),
         ":3: 'note' of the front matter is new, and only 'price' may change"),
        ({"only_front_matter": ["price"]}, ("title: Mug\n", ""),
         ": 'title' of the front matter is gone, and only 'price' may change"),
        ({"only_front_matter": ["price"]}, ("---\ntitle", "---\n# by hand\ntitle"),
         ":2: the front matter changed, and only 'price' may change"),
        ({"keep_front_matter": ["tags"]}, ("  - mug", "  - cup"),
         ":5: 'tags' of the front matter changed, and must stay as it is"),
        ({"keep_front_matter": ["price"]}, ("title: Mug\nprice: 24\n", "title: Mug\n"),
         ": 'price' of the front matter is gone, and must stay as it is"),
    ],
)  # fmt: skip
def test_a_change_where_none_may_be_fails_with_section_and_line(
    use: object, pair: tuple[str, str], finding: str
) -> None:
    assert said({"changed": use}, edited(pair)) == ["fail", f"major a.md{finding} -> {BACK}"]


def test_a_section_that_is_renamed_is_gone_and_another_new() -> None:
    assert said({"changed": {"only": ["Price"]}}, edited(("## Sources", "## Notes"))) == [
        "fail",
        f"major a.md:21: the section 'Notes' is new, and only 'Price' may change -> {BACK}",
        f"major a.md: the section 'Sources' is gone, and only 'Price' may change -> {BACK}",
    ]


def test_sections_that_change_places_have_moved() -> None:
    before, after = "# A\nx\n# B\ny\n# C\nz\n", "# B\ny\n# A\nx\n# C\nz\n"
    finding = "major a.md:1: the section 'B' stands in another place, and must stay word for word"
    assert said({"changed": {"keep": ["A", "B"]}}, change(after, before)) == ["fail", f"{finding} -> {BACK}"]
    assert said({"changed": {"keep": ["A", "C"]}}, change(after, before)) == ["pass"]


def test_an_empty_section_that_is_new_is_a_change() -> None:
    found = said({"changed": {"only": ["A"]}}, change("# A\n# B\n", "# A\n"))
    assert found[1].startswith("major a.md:2: the section 'B' is new")


def test_where_no_text_was_touched_nothing_has_to_be_kept() -> None:
    drawn = material({"a.md": TEN, "a.png": b"\x89PNG\x00"}, ("a.png",))
    assert said({"changed": {"keep": ["Sources"]}}, drawn) == ["pass"]


def test_what_stands_nowhere_cannot_be_kept() -> None:
    section = "no section 'Prise' stood in a.md: there is nothing to keep"
    key = "no key 'prise' stood in the front matter of a.md: there is nothing to keep"
    assert said({"changed": {"keep": ["Price", "Prise"]}}, edited()) == [
        "error", f"critical the check could not run: {section}",
    ]  # fmt: skip
    assert said({"changed": {"keep_front_matter": ["prise"]}}, edited()) == [
        "error", f"critical the check could not run: {key}",
    ]  # fmt: skip


def test_sections_are_those_of_markdown_files_and_one_of_several_will_do() -> None:
    before: Files = {"a.md": "# A\nx\n", "b.MD": "# B\nx\n", "c.yaml": "# A\nx: 1\n"}
    after: Files = {"a.md": "# A\nx\n", "b.MD": "# B\ny\n", "c.yaml": "# A\nx: 2\n"}
    seen = material(after, tuple(after), before=before)
    assert said({"changed": {"keep": ["A"]}}, seen) == ["pass"]
    assert said({"changed": {"keep": ["A", "B"]}}, seen)[1:] == [
        f"major b.MD:2: the section 'B' changed, and must stay word for word -> {BACK}"
    ]
    assert said({"changed": {"keep": ["C"]}}, seen)[0] == "error"
    assert said({"changed": {"only": ["B"]}}, seen) == ["pass"]


@pytest.mark.parametrize(("count", "more"), [(20, None), (21, "1 more place"), (22, "2 more places")])
def test_of_many_changes_the_first_twenty_are_told(count: int, more: str | None) -> None:
    before = "".join(f"# S{n}\nx\n" for n in range(count))
    found = said({"changed": {"only": []}}, change(before.replace("x", "y"), before))
    assert len(found) == 21 + bool(more)
    assert found[20].startswith("major a.md:40: the section 'S19' changed")
    if more:
        assert found[21] == f"major a.md: what may not change did in {more}"


# --- which files, and whom it binds ----------------------------------------------------------------------------------


def test_a_person_may_change_all() -> None:
    seen = material({"a.md": "new"}, before={"a.md": TEN}, is_by_person=True)
    assert said({"changed": {"max_percent": 0, "max_lines": 0, "only": [], "keep": ["Gone"]}}, seen) == ["pass"]


def test_a_file_that_is_gone_has_changed() -> None:
    seen = material({"b.md": "x"}, ("b.md",), before={"a.md": TEN, "b.md": "x"})
    assert said({"changed": 100}, seen) == ["fail", "major a.md: the file is gone -> write it"]
    assert said({"changed": {"max_percent": 100, "file": "a.md"}}, seen)[0] == "fail"
    assert said({"changed": {"max_percent": 100, "file": "b.md"}}, seen) == ["pass"]


def test_a_text_that_was_not_read_cannot_be_compared() -> None:
    reason = "the step did not read a.md, which it wrote: there is nothing to compare with"
    for use in (10, {"max_percent": 10, "file": "a.md"}):
        assert said({"changed": use}, {"a.md": "x"}) == ["error", f"critical the check could not run: {reason}"]


def test_a_picture_and_a_text_that_was_left_alone_are_passed_over() -> None:
    seen = material({"a.png": b"\0\1", "a.md": "x"}, ("a.png",), before={"a.png": b"\0\2"})
    assert said({"changed": 0}, seen) == ["pass"]
    assert said({"changed": {"keep": ["A"], "keep_front_matter": ["b"]}}, seen) == ["pass"]
    assert said({"changed": {"max_percent": 0, "file": "a.md"}}, seen) == ["pass"]


@pytest.mark.parametrize(("before", "after"), [(TEN, b"\0\1"), (b"\0\1", TEN)])
def test_a_text_that_became_bytes_and_bytes_that_became_a_text_have_changed(
    before: str | bytes, after: str | bytes
) -> None:
    told = said({"changed": 10}, change(after, before))
    assert told[0] == "fail"
    assert len(told) == 2


def test_a_text_that_became_bytes_is_told_as_what_it_is() -> None:
    assert said({"changed": 10}, change(b"x\n\0", TEN)) == [
        "fail", "critical a.md:2: the file has a NUL byte: it is no text -> write it anew as text",
    ]  # fmt: skip


def test_only_the_file_that_is_named_is_judged() -> None:
    seen = material({"a.md": TWO_OF_TEN, "b.md": "x"}, ("a.md", "b.md"), before={"a.md": TEN, "b.md": "x"})
    assert said({"changed": {"max_percent": 0, "file": "b.md"}}, seen) == ["pass"]
    assert said({"changed": 0}, seen)[0] == "fail"


@pytest.mark.parametrize(
    ("use", "part"),
    [
        (None, "say what may change"),
        ({"severity": "minor"}, "say what may change"),
        ({"file": "a.md"}, "say what may change"),
        ({"max_percent": 10, "min_percent": 10.1}, "min_percent 10.1 is more than max_percent 10"),
        (-1, "must be at least 0"),
        ({"min_percent": -0.1}, "min_percent"),
        ({"max_lines": -1}, "max_lines"),
        ({"keep": "Price"}, "keep"),
        ({"most": 1}, "most"),
    ],
)
def test_wrong_settings_are_an_error(use: object, part: str) -> None:
    verdict, finding = said({"changed": use}, change(TEN))
    assert verdict == "error"
    assert part in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    use = {"max_percent": 10, "max_lines": 3, "only": ["A"], "keep_front_matter": ["a"], "keep": ["A"]}
    before = "---\na: 1\n---\n# A\nx\n"
    assert said({"changed": {**use, "file": "a.md"}}, change(HOSTILE[name], before))[0] == "fail"
    assert said({"changed": {"max_percent": 10, "only": ["A"]}}, change("# A\n", HOSTILE[name]))[0] in ("pass", "fail")
