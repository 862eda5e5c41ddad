import pytest

from orchestrator.publishers.product import MOST_TAGS, ordered, read_product
from orchestrator.publishers.receipt import Card


def card(text: str, **more: bytes) -> Card:
    files = {"listing.md": text.encode(), **{name.replace("_", "."): content for name, content in more.items()}}
    return read_product(files, named="the job").card


def tags(text: str) -> tuple[str, ...]:
    return read_product({"listing.md": text.encode()}, named="the job").tags


def test_the_front_matter_is_shown_as_it_was_written() -> None:
    text = "---\ntitle: 1.10\nprice: 24.00\ndescription: >\n  Warm\n  tea.\nalt: A mug\ntags: [a, 007, a]\n---\nbody\n"
    product = read_product({"listing.md": text.encode(), "design.png": b""}, named="the job")
    assert product.card == Card(title="1.10", price="24.00", description="Warm tea.", alt="A mug", picture="design.png")
    assert product.tags == ("a", "007")
    assert product.body == "<p>body</p>\n"


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
    assert read_product({"listing.md": b"\xff\xfe\x00# x"}, named="the job").card.title == "the job"


@pytest.mark.parametrize(
    ("said", "found"),
    [("one, two,, one", ("one", "two")), ("[one, [two], {a: b}, three]", ("one", "three")), ("{a: b}", ()), ("", ())],
)
def test_tags_are_a_list_or_a_line(said: str, found: tuple[str, ...]) -> None:
    assert tags(f"---\ntags: {said}\n---\n") == found


def test_tags_are_bounded() -> None:
    assert len(tags(f"---\ntags: [{', '.join(f't{n}' for n in range(100))}]\n---\n")) == MOST_TAGS


def test_the_outermost_file_comes_first() -> None:
    assert ordered(["a/b.md", "z.md", "b.md", "a/a/a.md"]) == ["b.md", "z.md", "a/b.md", "a/a/a.md"]
    assert card("# A", a_JPG=b"", b_png=b"").picture == "a.JPG"
