import pytest

from orchestrator.errors import EffectError
from orchestrator.publishers.facts import MOST_ITEMS
from orchestrator.publishers.page import Kind, Page, find_text, ordered, read_card, read_page
from orchestrator.publishers.receipt import Card


def page(text: str, **more: bytes) -> Page:
    files = {"listing.md": text.encode(), **{name.replace("_", "."): content for name, content in more.items()}}
    return read_page(files, named="the job")


def card(text: str, **more: bytes) -> Card:
    return page(text, **more).card


def tags(text: str) -> tuple[str, ...]:
    return page(text).tags


def test_the_front_matter_is_shown_as_it_was_written() -> None:
    text = """---
title: 1.10
price: 24.00
description: >
  Warm
  tea.
alt: A mug
tags: [a, 007, a]
date: 2026-01-31
version: 1.0
author: Ada
---
body
"""
    found = page(text, design_png=b"")
    assert found.card == Card(
        title="1.10",
        price="24.00",
        description="Warm tea.",
        alt="A mug",
        picture="design.png",
        date="2026-01-31",
        version="1.0",
        author="Ada",
    )
    assert found.tags == ("a", "007")
    assert found.prose.html == "<p>body</p>\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: Front\n---\n# Head", "Front"),
        ("# Head\n\ntext", "Head"),
        ("text", "the job"),
        ("", "the job"),
        ("---\ntitle: [a, list]\n---\n", "the job"),
        ("---\ntitle: true\n---\n", "the job"),
        ("---\ntitle:\n---\n", "the job"),
        ("---\ntitle: 1\n---\n", "1"),
        ("---\ntitle: 0.0\n---\n", "0.0"),
        ("---\ntitle: &a {}\n---\n# Head", "Head"),
        ("---\n- a list\n---\n# Head", "Head"),
        ("---\r\ntitle: Front\r\n---\r\nbody", "Front"),
        ("\ufeff---\ntitle: Front\n---\nbody", "Front"),
        ('---\ntitle: "a\\u202Eb\\nc\\0"\n---\n', "a b c"),
        ("---\ntitle: " + "x" * 300 + "\n---\n", "x" * 199 + "…"),
    ],
)
def test_a_title_is_found_whatever_the_text(text: str, title: str) -> None:
    assert card(text).title == title


def test_bytes_that_are_no_text_do_not_stop_the_page() -> None:
    assert read_page({"listing.md": b"\xff\xfe\x00# x"}, named="the job").card.title == "the job"


@pytest.mark.parametrize(
    ("said", "found"),
    [("one, two,, one", ("one", "two")), ("[one, [two], {a: b}, three]", ("one", "three")), ("{a: b}", ()), ("", ())],
)
def test_tags_are_a_list_or_a_line(said: str, found: tuple[str, ...]) -> None:
    assert tags(f"---\ntags: {said}\n---\n") == found


def test_tags_are_bounded() -> None:
    assert len(tags(f"---\ntags: [{', '.join(f't{n}' for n in range(100))}]\n---\n")) == MOST_ITEMS


@pytest.mark.parametrize("said", ["author: Ada, Grace", "author: [Ada, Grace]", "authors: [Ada, Grace]"])
def test_authors_are_a_line_or_a_list(said: str) -> None:
    assert card(f"---\n{said}\n---\n").author == "Ada, Grace"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("price: 24.00", Kind.PRODUCT),
        ("version: 2.0\nprice: 24.00", Kind.PRODUCT),
        ("version: 2.0", Kind.RELEASE),
        ("version: 1", Kind.RELEASE),
        ("date: 2026-01-31\nauthor: Ada", Kind.ARTICLE),
        ("title: A", Kind.ARTICLE),
    ],
)
def test_what_the_front_matter_holds_decides_the_kind_of_page(said: str, kind: Kind) -> None:
    assert page(f"---\n{said}\n---\n").kind is kind


def test_files_without_markdown_are_a_page_that_links_to_them() -> None:
    found = read_page({"data.csv": b"", "a/terms.txt": b"", "chart.svg": b""}, named="the job")
    assert (found.card, found.kind) == (Card(title="the job", picture="chart.svg"), Kind.ARTICLE)
    assert (found.prose.html, found.files) == ("", ("data.csv", "a/terms.txt"))


# --- which file is what ----------------------------------------------------------------------------------------------


def test_the_outermost_file_comes_first() -> None:
    assert ordered(["a/b.md", "z.md", "b.md", "a/a/a.md"]) == ["b.md", "z.md", "a/b.md", "a/a/a.md"]
    assert card("# A", a_JPG=b"", b_png=b"").picture == "a.JPG"


TITLED = b"---\ntitle: T\n---\n"


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"changelog.md": b"## [1]", "notes.md": TITLED}, "notes.md"),
        ({"changelog.md": b"## [1]", "notes.md": b"# Notes"}, "notes.md"),
        ({"changelog.md": b"## [1]", "out/notes.md": b"# Notes"}, "out/notes.md"),
        ({"changelog.md": TITLED, "notes.md": b"# Notes"}, "changelog.md"),
        ({"a.md": b"# A", "out/b.md": TITLED}, "out/b.md"),
        ({"a.md": TITLED, "b.md": TITLED}, "a.md"),
        ({"a.md": b"", "b.md": b""}, "a.md"),
        ({"changelog.md": b"## [1]", "a.txt": TITLED}, "changelog.md"),
        ({"a.txt": TITLED}, None),
    ],
)
def test_the_page_is_the_first_markdown_that_names_a_title_else_the_first(
    files: dict[str, bytes], path: str | None
) -> None:
    assert find_text(files) == path
    assert find_text(dict(reversed(files.items()))) == path


def test_the_files_that_the_page_does_not_show_are_linked() -> None:
    files = {"notes.md": TITLED + b"![more](b.png)", "changelog.md": b"", "a.png": b"", "b.png": b"", "c.svg": b""}
    found = read_page(files, named="the job")
    assert (found.card.picture, found.figure, found.files) == ("a.png", "a.png", ("c.svg", "changelog.md"))


@pytest.mark.parametrize(("said", "figure"), [("version: 1", None), ("author: A", None), ("price: 2", "a.png")])
def test_a_picture_that_the_words_show_is_not_shown_above_them_too(said: str, figure: str | None) -> None:
    assert page(f"---\n{said}\n---\n![words](a.png)", a_png=b"").figure == figure


def test_a_card_is_read_without_the_text() -> None:
    text = b"---\nversion: 1.2\ndate: 2026-01-31\n---\n# Head\n" + b"word " * 30_000
    files = {"notes.md": text, "chart.png": b""}
    expected = Card(title="the job", version="1.2", date="2026-01-31", picture="chart.png")
    assert read_card(files, named="the job") == expected
    with pytest.raises(EffectError):
        read_page(files, named="the job")


def test_a_long_text_of_few_characters_is_a_page() -> None:
    assert card("é" * 60_000).title == "the job"
