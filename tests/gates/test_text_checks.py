"""The checks on texts, each through a gate: verdict, message, place."""

from collections.abc import Mapping

import pytest

from orchestrator.gates import Material, judge
from orchestrator.model.finding import Verdict
from orchestrator.model.pipeline import CheckUse

LISTING = """\
---
title: The Slow Morning Mug
price: 24.00
tags: [tea, clay]
---
# The Slow Morning Mug

It holds 350 ml. “It stays warm for an hour”, says Ann [notes.md:2].

## Details

## 2. Care:

Never guaran\u00adteed &#109;iracle.
"""
FILES = {
    "listing.md": LISTING.encode(),
    "brief.md": b"Price: 24.00\n",
    "sources/notes.md": b'350 ml\nAnn: "it stays warm\nfor an hour"\n',
    "sources/photo.png": b"\x89PNG\x00\x00",
    "other.md": b"One two 99.\r\n",
    "latin.md": "ok\ncaf\xe9".encode("latin-1"),
    "large.md": b"a " * 3_000_000,
    "sources/own.md": b"99\n",
}


def said(use: object, artifacts: tuple[str, ...] = ("listing.md",), files: Mapping[str, bytes] = FILES) -> list[str]:
    """Return `verdict`, then `severity place: message` for each finding."""
    material = Material(files=files, artifacts=artifacts)
    (result,) = judge([CheckUse.model_validate(use)], material)
    return [str(result.verdict), *(f"{finding.severity} {finding}" for finding in result.findings)]


@pytest.mark.parametrize(
    "use",
    [
        {"words": {"min": 15, "max": 30}},
        {"words": 5},
        {"sections": ["the slow morning MUG", "Care"]},
        {"must_contain": ["stays warm", "350 ml"]},
        {"must_not_contain": ["guarantee", "cheap"]},
        {"front_matter": ["title", "price", "tags"]},
        {
            "front_matter": {
                "types": {"price": "number", "tags": "list", "gone": "text"},
                "max": {"title": 20, "tags": 2},
            }
        },
        {"grounded": {"in": ["sources/", "brief.md"]}},
    ],
)
def test_a_good_listing_passes(use: object) -> None:
    assert said(use) == ["pass"]


@pytest.mark.parametrize(
    ("use", "findings"),
    [
        ({"words": {"min": 100}}, ["major listing.md: the text has 25 words; at least 100 are wanted"]),
        ({"words": {"max": 10}}, ["major listing.md: the text has 25 words; at most 10 are wanted"]),
        (
            {"sections": ["Sources", "Details", "Care"]},
            [
                "major listing.md: the section 'Sources' is missing",
                "major listing.md:10: the section 'Details' is empty",
            ],
        ),
        ({"must_contain": ["dishwasher"]}, ["major listing.md: 'dishwasher' does not stand in the text"]),
        (
            {"must_not_contain": ["Slow morning", "guaranteed", "miracle"]},
            [
                "major listing.md:2: 'Slow morning' must not stand here",
                "major listing.md:6: 'Slow morning' must not stand here",
                "major listing.md:14: 'guaranteed' must not stand here",
                "major listing.md:14: 'miracle' must not stand here",
            ],
        ),
        (
            {"front_matter": {"required": ["sku"], "types": {"title": "number"}, "max": {"title": 10, "tags": 1}}},
            [
                "major listing.md:1: 'sku' is missing from the front matter",
                "major listing.md:2: 'title' is to be a number",
                "major listing.md:2: 'title' has 20 characters; at most 10 are wanted",
                "major listing.md:4: 'tags' has 2 items; at most 1 are wanted",
            ],
        ),
        (
            {"grounded": {"in": "brief.md"}},
            [
                "critical listing.md:8: the figure '350 ml' stands in no source",
                "critical listing.md:8: the citation 'notes.md:2' points at no line of a source",
                "critical listing.md:8: the quotation 'It stays warm for an hour' stands in no source",
            ],
        ),
        (
            {"grounded": {"in": ["sources/", "gone.md"], "severity": "minor"}},
            ["critical gone.md: the source is not there", "minor listing.md:3: the figure '24.00' stands in no source"],
        ),
    ],
)
def test_a_bad_listing_fails_with_the_place_of_each_mistake(use: object, findings: list[str]) -> None:
    assert said(use) == ["fail", *findings]


@pytest.mark.parametrize("name", ["words", "sections", "must_contain", "must_not_contain", "front_matter", "grounded"])
def test_a_file_that_cannot_be_judged_is_a_critical_finding_and_no_error(name: str) -> None:
    needed: dict[str, dict[str, object]] = {
        "words": {"min": 0},
        "sections": {"titles": ["a"], "severity": "info"},
        "must_contain": {"phrases": ["a"], "severity": "info"},
        "must_not_contain": {"phrases": ["zzz"]},
        "front_matter": {"severity": "info"},
        "grounded": {"in": "sources/"},
    }
    settings = needed[name]
    assert said({name: {**settings, "file": "gone.md"}}) == ["fail", "critical gone.md: the file is not there"]
    assert said({name: {**settings, "file": "latin.md"}}) == ["fail", "critical latin.md:2: the file is not UTF-8 text"]
    assert said({name: {**settings, "file": "large.md"}}) == ["fail", "critical large.md: the file has more than 5 MB"]
    assert said({name: settings}, artifacts=("design.svg",)) == [
        "fail",
        "critical the step wrote no .md or .markdown file to judge",
    ]


def test_a_check_without_a_file_judges_each_markdown_artifact() -> None:
    assert said({"words": 5}, artifacts=("listing.md", "design.svg", "other.md")) == [
        "fail",
        "major other.md: the text has 3 words; at least 5 are wanted",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (b"no front matter", "major listing.md:1: the front matter with title is missing"),
        (b"---\ntitle: x\n", "critical listing.md:1: the front matter is not closed"),
        (b"---\n- title\n---\n", "critical listing.md:2: the front matter must be keys and values"),
        (b"---\ntitle: ' '\n---\n", "major listing.md:2: 'title' is empty"),
        (b"---\ntitle:\n---\n", "major listing.md:2: 'title' is empty"),
        (b"---\ntitle: x\ntitle: y\n---\n", None),
        (b"---\ntitle: &a x\nb: *a\n---\n", None),
    ],
)
def test_wrong_front_matter_is_a_finding_with_its_line(text: bytes, finding: str | None) -> None:
    found = said({"front_matter": ["title"]}, files={"listing.md": text})
    assert found[0] == "fail"
    assert len(found) == 2
    assert finding is None or found[1] == finding


def test_what_a_step_wrote_bears_nothing_of_it_out() -> None:
    use = {"grounded": {"in": "sources/", "file": "other.md"}}
    assert said(use) == ["pass"]
    assert said(use, artifacts=("other.md", "sources/own.md")) == [
        "fail",
        "critical other.md:1: the figure '99' stands in no source",
    ]


def test_a_source_too_large_to_read_is_an_error() -> None:
    use = {"grounded": {"in": ["large.md"]}}
    reason = "the check could not run: large.md has more than 5 MB: cut it, or leave it out"
    assert said(use) == ["error", f"critical {reason}"]


def test_a_suggestion_says_what_comes_nearest() -> None:
    material = Material(files={**FILES, "listing.md": b"# Detail\n\n360 ml\n"}, artifacts=("listing.md",))
    gate = [CheckUse.model_validate(use) for use in ({"sections": ["Details"]}, {"grounded": {"in": "sources/"}})]
    sections, grounded = judge(gate, material)
    assert sections.findings[0].suggestion == "'Detail' is there: rename it"
    assert str(grounded.findings[0].suggestion).startswith("the nearest: sources/notes.md:1 has 350 ml; ")


def test_findings_never_carry_control_characters_of_the_text() -> None:
    material = Material(files={"a.md": b"> \x1b[31mred \x07words here", "sources/b.md": b""}, artifacts=("a.md",))
    (result,) = judge([CheckUse.model_validate({"grounded": {"in": "sources/"}})], material)
    assert result.verdict is Verdict.FAIL
    assert all(char.isprintable() for finding in result.findings for char in finding.message)
