"""The check `sections`: missing and empty ones, their level, their order, and no others."""

import pytest
from gate_cases import HOSTILE, said

TEXT = "# Mug\n\nIntro.\n\n## 1. Audience\n\nTea people.\n\n### Detail\n\nx\n\n## Sources:\n\nNotes.\n"


@pytest.mark.parametrize(
    "use",
    [
        ["Audience", "Sources"],
        ["sources", "AUDIENCE", "detail"],
        {"titles": ["Audience", "Sources"], "level": 2},
        {"titles": ["Mug"], "level": 1},
        {"titles": ["Audience", "Detail", "Sources"], "order": True},
        {"titles": ["Audience", "Sources"], "only": True},
        {"titles": ["Audience", "Sources"], "only": True, "order": True, "level": 2},
        {"titles": ["Detail"], "only": True},
    ],
)
def test_a_text_with_its_sections_passes(use: object) -> None:
    assert said({"sections": use}, {"a.md": TEXT}) == ["pass"]


@pytest.mark.parametrize(
    ("use", "findings"),
    [
        (["Price"], ["a.md: the section 'Price' is missing -> add a heading, ## Price"]),
        (["Source"], ["a.md: the section 'Source' is missing -> 'Sources:' is there: rename it"]),
        (
            {"titles": ["Price"], "level": 3},
            ["a.md: the section 'Price' is missing -> add a heading, ### Price"],
        ),
        (
            {"titles": ["Detail"], "level": 2},
            ["a.md: the section 'Detail' is missing -> it stands on level 3, in line 9: make it ## Detail"],
        ),
        (
            {"titles": ["Sources", "Audience"], "order": True},
            ["a.md:5: the section 'Audience' stands before 'Sources:', and is wanted behind it -> move it"],
        ),
        (
            {"titles": ["Audience"], "only": True},
            ["a.md:13: the section 'Sources:' is none of those that are wanted -> "
             "leave it out, or put it under one of them"],
        ),
    ],
)  # fmt: skip
def test_a_text_without_them_fails_with_what_to_do(use: object, findings: list[str]) -> None:
    assert said({"sections": use}, {"a.md": TEXT}) == ["fail", *(f"major {finding}" for finding in findings)]


def test_an_empty_section_fails_at_its_line_and_one_with_a_word_does_not() -> None:
    said_of_empty = "the section 'A' is empty -> write it, or say there why there is nothing to say"
    assert said({"sections": ["A"]}, {"a.md": "x\n\n# A\n \n# B\n"}) == ["fail", f"major a.md:3: {said_of_empty}"]
    assert said({"sections": ["A"]}, {"a.md": "x\n\n# A\na\n# B\n"}) == ["pass"]


@pytest.mark.parametrize(
    "under",
    ["<!-- later -->", "### Only a heading", "---", "***", "- ", ">", ".", "### Deep\n#### Deeper\n<!-- x -->",
     "[a]: b.md", "<!--\n### In a comment\n-->", "<!-- ![later](x.png) -->", "<a id=x></a>"],
)  # fmt: skip
def test_what_no_reader_sees_fills_no_section(under: str) -> None:
    assert len(said({"sections": ["A"]}, {"a.md": f"x\n\n## A\n\n{under}\n\n## B\n\nx\n"})) == 2


@pytest.mark.parametrize(
    "under",
    ["a", "### Deep\n\na", "### Deep\n#### Deeper\na", "- a", "```\npip\n```", "![](x.png)", "<img src=x>",
     "<!--\n### Two words\n-->\na", "| a |\n|---|", "<!-- x --> a", "> a"],
)  # fmt: skip
def test_words_code_and_pictures_fill_one(under: str) -> None:
    assert said({"sections": ["A"]}, {"a.md": f"x\n\n## A\n\n{under}\n\n## B\n\nx\n"}) == ["pass"]


def test_without_order_and_only_neither_matters() -> None:
    assert said({"sections": ["Sources", "Audience"]}, {"a.md": TEXT}) == ["pass"]


def test_each_section_that_stands_too_early_is_told_once() -> None:
    text = "# C\nx\n# D\nx\n# A\nx\n# B\nx\n"
    found = said({"sections": {"titles": ["A", "B", "C", "D"], "order": True}}, {"a.md": text})
    assert found == [
        "fail",
        "major a.md:1: the section 'C' stands before 'B', and is wanted behind it -> move it",
        "major a.md:3: the section 'D' stands before 'B', and is wanted behind it -> move it",
    ]


def test_a_title_that_is_asked_for_twice_is_in_order() -> None:
    assert said({"sections": {"titles": ["A", "A"], "order": True}}, {"a.md": "# A\nx\n"}) == ["pass"]


def test_the_first_of_two_sections_of_a_title_is_the_one() -> None:
    text = "# A\nx\n# B\nx\n# A\n"
    assert said({"sections": {"titles": ["A", "B"], "order": True, "only": True}}, {"a.md": text}) == ["pass"]


def test_only_looks_at_the_level_of_the_first_that_is_there() -> None:
    text = "# Top\n\n## A\nx\n\n### Deep\nx\n\n## B\nx\n"
    assert said({"sections": {"titles": ["A", "B"], "only": True}}, {"a.md": text}) == ["pass"]
    (_, missing, other) = said({"sections": {"titles": ["Gone", "A"], "only": True}}, {"a.md": text})
    assert missing.startswith("major a.md: the section 'Gone' is missing")
    assert other.startswith("major a.md:9: the section 'B' is none of those")


def test_where_none_of_them_stands_there_are_no_others() -> None:
    assert len(said({"sections": {"titles": ["Gone"], "only": True, "order": True}}, {"a.md": TEXT})) == 2


@pytest.mark.parametrize(
    ("count", "last"),
    [
        (20, "major a.md:41: the section 'X19' is none of those that are wanted -> "
             "leave it out, or put it under one of them"),
        (21, "major a.md: headings that are not wanted stand in 1 more place"),
    ],
)  # fmt: skip
def test_of_many_others_the_first_twenty_are_told(count: int, last: str) -> None:
    text = "# A\nx\n" + "".join(f"# X{n}\nx\n" for n in range(count))
    found = said({"sections": {"titles": ["A"], "only": True}}, {"a.md": text})
    assert (len(found) - 1, found[-1]) == (count, last)


def test_only_a_number_at_the_head_of_a_title_does_not_count() -> None:
    assert said({"sections": ["Top 10 mugs"]}, {"a.md": "# Top mugs\nx\n"})[0] == "fail"
    assert said({"sections": ["Top 10 mugs"]}, {"a.md": "# 2.1 Top 10 mugs\nx\n"}) == ["pass"]


def test_the_nearest_title_is_looked_for_on_its_level() -> None:
    found = said({"sections": {"titles": ["Detials"], "level": 2}}, {"a.md": "### Details\nx\n"})
    assert found[1].endswith("-> add a heading, ## Detials")
    found = said({"sections": {"titles": ["Detials"], "level": 3}}, {"a.md": "### Details\nx\n"})
    assert found[1].endswith("-> 'Details' is there: rename it")


@pytest.mark.parametrize(
    "use", [None, [], {"titles": []}, {"titles": ["A"], "level": 0}, {"titles": ["A"], "level": 7}, {"title": ["A"]}]
)
def test_wrong_settings_are_an_error(use: object) -> None:
    (verdict, finding) = said({"sections": use}, {"a.md": TEXT})
    assert verdict == "error"
    assert "its settings are wrong" in finding


@pytest.mark.parametrize("level", [1, 6])
def test_levels_go_from_one_to_six(level: int) -> None:
    text = "#" * level + " A\nx\n"
    assert said({"sections": {"titles": ["A"], "level": level}}, {"a.md": text}) == ["pass"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    use = {"titles": ["Title"], "order": True, "only": True}
    assert said({"sections": use}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")


def test_a_title_of_a_megabyte_is_judged() -> None:
    assert said({"sections": ["Title"]}, {"a.md": "# " + "tile " * 200_000})[0] == "fail"
