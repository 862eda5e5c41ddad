"""HTML as a tree, and what its writing breaks."""

import pytest

from orchestrator.content.html_tree import Fault, PageTooLarge, read

PAGE = """<!doctype html>
<html><head><title>x</title></head><body>
<p class=" a ">one <b>two
</b><img alt="three"> <i aria-hidden=true>no</i><script>no</script>
<svg><title>four</title></svg>
<table><td>five</table>
"""


def test_an_element_has_its_line_its_place_and_its_attributes() -> None:
    page = read(PAGE)
    assert [(element.tag, element.line) for element in page.elements] == [
        ("html", 2), ("head", 2), ("title", 2), ("body", 2), ("p", 3), ("b", 3), ("img", 4), ("i", 4), ("script", 4),
        ("svg:svg", 5), ("svg:title", 5), ("table", 6), ("tbody", 6), ("tr", 6), ("td", 6),
    ]  # fmt: skip
    (paragraph,) = page.all("p")
    assert (paragraph.get("class"), paragraph.get("id")) == ("a", "")
    assert paragraph.parent is page.all("body")[0]
    assert paragraph.words() == "one two three four"
    assert page.faults == ()


def test_an_element_that_reads_itself_aloud_has_words_though_it_is_unseen() -> None:
    (title,) = read(PAGE).all("title")
    assert title.words() == "x"


def test_faults_come_by_line() -> None:
    assert read("<p a a>\n<b>\n</i>").faults == (
        Fault("doctype", 1, "the page does not begin with <!doctype html>"),
        Fault("repeated-attribute", 1, "<p> has the attribute a twice: the first counts"),
        Fault("unclosed", 2, "<b> is not closed, or not where it should be"),
        Fault("parse-error", 3, "</i> closes nothing that is open"),
    )


def test_a_page_is_too_large_at_a_line() -> None:
    with pytest.raises(PageTooLarge) as caught:
        read("<\n" * 100_002)
    assert (caught.value.line, caught.value.message) == (100_001, "the page has 100002 tags; at most 100000 are read")


def test_depth_needs_no_stack() -> None:
    page = read("<div>" * 30_000)
    assert len(page.all("div")) == 30_000
    assert page.elements[0].words() == ""
