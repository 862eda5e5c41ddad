"""The check `markdown`, each rule at its edges."""

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.content import markdown_tree

GOOD = """\
---
title: A mug
---
# A mug

It holds [tea](tea.md), see <https://mug.example> and ![a mug](mug.png).

| cup | ml |
| --- | --- |
| one | 350 |

## Care

By hand, with [soap].

```text
# no heading, https://bare.example
```

- one
  1. nested

[soap]: soap.md
"""


def broken(text: str, **settings: object) -> list[str]:
    """Return what is said of a text, without the name of the file and without what to do."""
    verdict, *found = said({"markdown": settings}, {"a.md": text})
    assert (verdict == "fail") is any(line.startswith(("major", "critical")) for line in found)
    return [line.replace(" a.md:", " ").split(" -> ")[0] for line in found]


def test_a_good_text_passes() -> None:
    assert said("markdown", {"a.md": GOOD}) == ["pass"]


def test_a_finding_has_severity_rule_place_and_what_to_do() -> None:
    assert said("markdown", {"a.md": "# A\n\n### B\n"}) == [
        "fail",
        "major heading-order a.md:3: the heading 'B' is of level 3, under one of level 1 -> make it level 2: ##",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("# A\n## B\n### C\n# D\n", ["major one-title 4: 'D' is a second title: line 1 has one"]),
        ("## A\n#### B\n", ["major heading-order 2: the heading 'B' is of level 4, under one of level 2"]),
        ("## A\n### B\n## C\n", []),
        (
            "# A\n## B\n## B\n",
            ["major duplicate-heading 3: the heading 'B' stands on line 2 too, under the same heading"],
        ),
        ("# A\n## B\n### X\n## C\n### X\n", []),
        ("## B\n## b\n", ["major duplicate-heading 2: the heading 'b' stands on line 1 too, under the same heading"]),
        (
            "## A\n#\n#\n",
            [
                "major empty-heading 2: the heading is empty",
                "major one-title 3: '' is a second title: line 2 has one",
                "major empty-heading 3: the heading is empty",
            ],
        ),
        ("[a]()\n", ["major empty-link 1: the link 'a' leads nowhere"]),
        ("b\n[a](#)\n", ["major empty-link 2: the link 'a' leads nowhere"]),
        ("[](x.md)\n", ["major empty-link 1: the link to 'x.md' has no words"]),
        ("[![b](c.png)](x.md) [<img alt=b>](d)\n", []),
        (
            "see\nhttps://a.example/b.\n",
            ["minor bare-url 2: the address 'https://a.example/b' stands bare: not every reader makes a link of it"],
        ),
        ("`https://a.example` <https://b.example> [c](https://c.example)\n", []),
        ("a\n![](x.png)\n", ["major no-alt 2: the picture 'x.png' has no text that stands for it"]),
        (
            '<img src="x.png">\n\nb <img src=y>\n',
            [
                "major no-alt 1: the picture 'x.png' has no text that stands for it",
                "major no-alt 3: the picture 'y' has no text that stands for it",
            ],
        ),
        ('<img src="x.png" alt="">\n<b>\n', []),
        ("```\na\n```\n", ["minor no-language 1: the code says no language"]),
        (
            "```py\na\n",
            ["major unclosed-fence 1: the code that begins here is not closed: all that follows belongs to it"],
        ),
        (
            "```py\n",
            ["major unclosed-fence 1: the code that begins here is not closed: all that follows belongs to it"],
        ),
        ("````py\n```\n````\n\n> ~~~ py\n> ~~~\n", []),
        (
            "[a][bb] and [cc][], [10x][], [a][1b]\n",
            [
                "major undefined-reference 1: the label 'bb' is not defined",
                "major undefined-reference 1: the label 'cc' is not defined",
                "major undefined-reference 1: the label '10x' is not defined",
                "major undefined-reference 1: the label '1b' is not defined",
            ],
        ),
        ("So it is [4][5], m[1][2], a[ij][kl], x[i][j] and [i][j], A[A][].\n", []),
        ("[a] [x] `[a][bb]` [a][^1] \\[a][bb]\n", []),
        ("[a]\n\n[A]: x\n[b]: y\n", ["minor unused-reference 4: the label 'b' is defined, and nothing uses it"]),
        ("[//]: # (a comment)\n[//]: # (another)\n[^1]: note\n", []),
        (
            "[a]\n\n[a]: x\n[a]: y\n",
            ["major repeated-reference 4: the label 'a' is defined a second time: the first counts"],
        ),
        (
            "(words)[https://a.example]\n",
            ["major reversed-link 1: the link to 'https://a.example' is the wrong way round"],
        ),
        ("(words)[x.md] (see)[1] (see)[Ann]\n", ["major reversed-link 1: the link to 'x.md' is the wrong way round"]),
        (
            "a|b\n-|-\n1\n1|2\n1|2|3\n",
            [
                "major table-shape 3: the row has 1 cell and the table's head 2",
                "major table-shape 5: the row has 3 cells and the table's head 2",
            ],
        ),
        (
            "a|b\n-|-|-\n",
            ["major table-shape 2: the line under the table's head has 3 cells and the head 2: it is no table"],
        ),
        ("| a | b |\n|---|---|\n| 1 \\| 2 | 3 |\n", []),
        (
            "**Care**\n\n*Care.*\n\n**Care** it is\n\n- **Care**\n",
            ["minor emphasis-as-heading 1: 'Care' reads as a heading and is none"],
        ),
    ],
)
def test_each_rule_finds_its_breach_and_no_other(text: str, found: list[str]) -> None:
    assert broken(text) == found


@pytest.mark.parametrize(
    ("rule", "text", "found"),
    [
        ("raw-html", "a\n<b>c\n</b>\n\n<!-- d -->\n", ["minor raw-html 2: the tag '<b>' is HTML"]),
        ("raw-html", "a<br>b\n", ["minor raw-html 1: the tag '<br>' is HTML"]),
        (
            "list-marker-mix",
            "- a\n\nb\n\n* c\n",
            ["minor list-marker-mix 5: the list has the mark *, and the first one -"],
        ),
        ("list-marker-mix", "- a\n\nb\n\n- c\n", []),
        ("heading-punctuation", "# A:\n## B?\n", ["minor heading-punctuation 1: the heading 'A:' ends in a mark"]),
    ],
)
def test_rules_that_are_off_can_be_put_on(rule: str, text: str, found: list[str]) -> None:
    assert broken(text) == []
    assert broken(text, rules={rule: "minor"}) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("123 567 90", []),
        ("123 567 9 1", ["minor line-length 1: the line has 11 characters; at most 10 are wanted"]),
        ("123456789012345", []),
        ("[1234567](https://a.example)", []),
        ("12 <https://a.example>", []),
        ("1 [2](a/b/c/d)", []),
        ("    1234567 9 1 3", []),
        ("|a|b|\n|-|-|\n| 1 2 3 4 | 5 |", []),
        ("```a\n123 567 9 1\n```", []),
        ("```a\n```\n123 567 9 1", ["minor line-length 3: the line has 11 characters; at most 10 are wanted"]),
    ],
)
def test_a_line_is_too_long_where_it_could_be_wrapped(line: str, found: list[str]) -> None:
    assert broken(line, rules={"line-length": "minor"}, longest=10) == found


def test_a_title_in_the_front_matter_counts_where_that_is_said() -> None:
    text = "---\ntitle: A\n---\n# A\n"
    assert broken(text) == []
    assert broken(text, front_matter_title=True) == [
        "major one-title 4: 'A' is a second title: the front matter has a title"
    ]
    assert broken("---\nname: A\n---\n# A\n", front_matter_title=True) == []


def test_findings_come_in_the_order_of_the_text() -> None:
    lines = [line.split(" ")[2] for line in broken("# A\n### B\n\n[a]()\n\n# C\n")]
    assert lines == ["2:", "4:", "6:"]


def test_a_rule_can_be_put_off_and_its_severity_changed() -> None:
    assert broken("[a]()\n", rules={"empty-link": "off"}) == []
    assert broken("[a]()\n", rules={"empty-link": "critical"}) == ["critical empty-link 1: the link 'a' leads nowhere"]


@pytest.mark.parametrize(
    "settings", [{"rules": {"no-such": "off"}}, {"longest": 0}, {"longest": "wide"}, {"file": "../a.md"}, {"colour": 1}]
)
def test_wrong_settings_are_an_error(settings: dict[str, object]) -> None:
    assert said({"markdown": settings}, {"a.md": GOOD})[0] == "error"


def test_a_named_file_is_judged_and_a_missing_one_is_a_finding() -> None:
    files = material({"a.txt": "x", "b.md": "[a]()\n"})
    assert said({"markdown": {"file": "b.md"}}, files)[1].startswith("major empty-link b.md:1: ")
    assert said({"markdown": {"file": "c.md"}}, files) == ["fail", "critical c.md: the file is not there -> write it"]


@pytest.mark.parametrize(
    ("unit", "most", "fault"),
    [
        ("[", markdown_tree.MOST_BRACKETS, "30001 opening brackets; at most 30000 are read"),
        ("]", markdown_tree.MOST_MARKS, "150001 marks such as ], < and *; at most 150000 are read"),
        ("\n", markdown_tree.MOST_LINES - 1, "50001 lines; at most 50000 are read"),
        ("a", markdown_tree.MOST_CHARACTERS, "2000001 characters; at most 2000000 are read"),
    ],
)
def test_a_text_is_read_up_to_a_size(unit: str, most: int, fault: str) -> None:
    assert broken(unit * most) == []
    line = most + 2 if unit == "\n" else 1
    assert broken(unit * (most + 1)) == [f"critical {line}: the text has {fault} as Markdown"]


def test_a_text_too_large_does_not_keep_others_from_being_judged() -> None:
    files = material({"a.md": "[" * 40_000, "b.md": "[a]()\n"}, ("a.md", "b.md"))
    assert [line.split(":")[0] for line in said("markdown", files)[1:]] == ["critical a.md", "major empty-link b.md"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_judged_and_breaks_nothing(name: str) -> None:
    everything = dict.fromkeys(("raw-html", "list-marker-mix", "heading-punctuation", "line-length"), "minor")
    verdict, *found = said({"markdown": {"rules": everything}}, {"a.md": HOSTILE[name]})
    assert verdict in ("pass", "fail")
    assert all(line.isprintable() for line in found)
