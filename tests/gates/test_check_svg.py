"""The check `svg`: every rule broken by itself, with its line, and drawings made to harm."""

import base64

import pytest
from gate_cases import HOSTILE, said

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SIZE = 'width="300" height="200" viewBox="0 0 300 200"'
TITLE = "<title>A mug</title>"
SEEN = '<circle cx="90" cy="90" r="60" fill="teal"/>'


def drawing(body: str = SEEN, *, size: str = SIZE, title: str = TITLE) -> str:
    return f"{HEAD} {size}>{title}\n{body}\n</svg>"


def told(text: str | bytes, **settings: object) -> list[str]:
    """The verdict, and `severity rule line: message` of each finding."""
    verdict, *findings = said({"svg": settings}, {"a.svg": text})
    return [verdict, *(finding.split(" -> ")[0].replace("a.svg:", "") for finding in findings)]


def test_a_sound_drawing_passes() -> None:
    assert said("svg", {"a.svg": drawing()}) == ["pass"]
    assert said({"svg": "a.svg"}, {"a.svg": drawing('<text y="90" font-family="Papyrus, serif">Mug</text>')}) == [
        "pass"
    ]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ("<script>1</script>", "critical script 2: a script in a drawing runs in the reader's browser"),
        ('<rect onload="x()"/>', "critical script 2: the attribute onload of <rect> runs a script"),
        ('<a href=" javascript:x()"/>', "critical script 2: the attribute href of <a> runs what it says"),
        ('<a xlink:href="java&#10;script:x()"/>', "critical script 2: the attribute href of <a> runs what it says"),
        ("<?php x?>", "critical script 2: the processing instruction 'php' is for other programs to act on"),
        ('<image href="http://x/y.png"/>', "critical external 2: <image> fetches 'http://x/y.png'"),
        ('<use xlink:href="other.svg#a"/>', "critical external 2: <use> fetches 'other.svg#a'"),
        ('<image href="data:image/svg+xml,x"/>', "critical external 2: <image> fetches 'data:image/svg+xml,x'"),
        ('<rect fill="url(//x/y)"/>', "critical external 2: the attribute fill of <rect> fetches '//x/y'"),
        ("<style>\n@import 'x';</style>", "critical external 3: @import fetches another style sheet"),
        ("<style>\n\na{fill:url(x#y)}</style>", "critical external 4: the style sheet fetches 'x#y'"),
        (
            "<style>a{fill:u\\72l(x)}</style>",
            "critical external 2: the style sheet has a backslash, which can hide a url()",
        ),
        (
            f'<a href="{"&#9;" * 201}javascript:x()"/>',
            "critical script 2: the attribute href of <a> runs what it says",
        ),
        (
            f'<a href="java{"&#10;" * 201}script:x()"/>',
            "critical script 2: the attribute href of <a> runs what it says",
        ),
        (
            '<a href="data:image/svg+xml,&lt;svg onload=x()>"/>',
            "critical script 2: the attribute href of <a> runs what it says",
        ),
        ('<a href="data:image/pngx,x"/>', "critical script 2: the attribute href of <a> runs what it says"),
        (
            '<rect style="fill:u\\72l(https://x/y)"/>',
            "critical external 2: the attribute style of <rect> has a backslash, which can hide a url()",
        ),
        (
            '<rect filter="u\\72l(https://x/y)"/>',
            "critical external 2: the attribute filter of <rect> has a backslash, which can hide a url()",
        ),
        (
            "<style>a{fill:image-set('https://x/y' 1x)}</style>",
            "critical external 2: the style sheet fetches 'image-set()'",
        ),
        (
            "<rect style=\"fill:Image-Set('https://x/y' 1x)\"/>",
            "critical external 2: the attribute style of <rect> fetches 'image-set()'",
        ),
        (f'<rect fill="url({" " * 10}//x/y)"/>', "critical external 2: the attribute fill of <rect> fetches '//x/y'"),
        ("<style>a{fill:src('x#y')}</style>", "critical external 2: the style sheet fetches 'x#y'"),
        ("<foreignObject/>", "major foreign-object 2: <foreignObject> is not drawn outside of a browser"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', "major foreign-object 2: <p> is not drawn outside of a browser"),
    ],
)
def test_what_a_drawing_must_not_hold_is_told_with_its_line(body: str, finding: str) -> None:
    assert told(drawing(SEEN.replace("\n", "") + body)) == ["fail", finding]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.com/">' + SEEN + "</a>",
        '<a href="data:image/png;base64,AAAA">' + SEEN + "</a>",
        '<g id="a\\b" class="c\\d" aria-label="e\\f (g)" data-role="h\\i">' + SEEN + "</g>",
        '<defs><g id="a">' + SEEN + '</g></defs><use xlink:href="#a"/>',
        '<defs><linearGradient id="g"><stop/></linearGradient></defs><rect width="9" height="9" fill="url(#g)"/>',
    ],
)
def test_links_and_references_within_the_drawing_are_free(body: str) -> None:
    assert told(drawing(body)) == ["pass"]


@pytest.mark.parametrize(
    ("size", "finding"),
    [
        (
            'width="300" height="200"',
            "major view-box 1: the drawing has no viewBox: it cannot be shown in another size",
        ),
        ('width="nan" height="9" viewBox="0 0 9 9"', "critical size 1: the width 'nan' is no length in pixels"),
        (
            'width="0" height="9" viewBox="0 0 9 9"',
            "critical size 1: the width is 0 pixels; a side has more than 0 and at most 8192",
        ),
        (
            'width="9" height="8193" viewBox="0 0 9 9"',
            "critical size 1: the height is 8193 pixels; a side has more than 0 and at most 8192",
        ),
        (
            'width="8192" height="3907" viewBox="0 0 9 9"',
            "critical size 1: the drawing has 32,006,144 pixels; at most 32,000,000 are drawn",
        ),
        ('width="-5%" height="9" viewBox="0 0 9 9"', "critical size 1: the width '-5%' is no length in pixels"),
        ('width="1e308" height="1e309" viewBox="0 0 9 9"', None),
    ],
)
def test_a_size_that_cannot_be_drawn_is_told_before_anything_is_drawn(size: str, finding: str | None) -> None:
    verdict, *findings = told(drawing(size=size))
    assert verdict == "fail"
    assert findings == [finding] if finding else len(findings) == 2


@pytest.mark.parametrize(
    "size", ['viewBox="0 0 9 9"', 'width="100%" height="50%" viewBox="0 0 200 200"', 'width="10mm" viewBox="0 0 9 9"']
)
def test_a_size_may_come_from_the_view_box(size: str) -> None:
    assert told(drawing('<circle r="5"/>', size=size)) == ["pass"]


def test_limits_hold_to_the_last_unit() -> None:
    text = drawing(SEEN + "<g><g/></g>")
    assert told(text, max_bytes=len(text), max_elements=5, max_depth=3) == ["pass"]
    assert told(text, max_bytes=len(text) - 1, max_elements=4, max_depth=2) == [
        "fail",
        f"major weight  the drawing has {len(text):,} bytes; at most {len(text) - 1:,} are wanted",
        "major elements  the drawing has 5 elements; at most 4 are wanted",
        "major nesting 2: the drawing has 3 elements in each other; at most 2 are wanted",
    ]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ("", "major blank 1: nothing is seen in the drawing"),
        ('<rect width="300" height="200" fill="red"/>', "major blank 1: the drawing is of one colour all over"),
        ('<circle cx="-90" cy="90" r="60"/>', "major off-canvas 1: all that is drawn lies outside of the canvas"),
        (
            "<blink/>",
            "critical renders 2: the drawing cannot be drawn: <blink> is not among the elements that are drawn",
        ),
        (SEEN + '<text y="9" font-family="Papyrus">a</text>', None),
    ],
)
def test_what_shows_nothing_is_told(body: str, finding: str | None) -> None:
    expected = (
        ["fail", finding]
        if finding
        else ["pass", "minor fonts 2: the renderer has no typeface 'Papyrus': it draws Inter"]
    )
    assert told(drawing(body)) == expected


def test_a_picture_that_is_brought_along_fetches_nothing_and_is_not_drawn() -> None:
    assert told(drawing(SEEN + '<image href="data:image/png;base64,AAAA"/>')) == [
        "fail",
        "critical renders 2: the drawing cannot be drawn: <image> is not among the elements that are drawn",
    ]


def test_a_speck_is_not_blank() -> None:
    size = 'width="2000" height="500" viewBox="0 0 2000 500"'
    assert told(drawing('<rect x="5" y="5" width="1" height="1" fill="#000" fill-opacity="0.02"/>', size=size)) == [
        "pass"
    ]


@pytest.mark.parametrize("title", ["", "<title> </title>", "<g><title>x</title></g>"])
def test_a_drawing_without_a_title_is_remarked_on(title: str) -> None:
    finding = "minor title 1: the drawing has no title: who cannot see it is told nothing"
    assert told(drawing(title=title)) == ["pass", finding]
    assert told(drawing(title=title), rules={"title": "off"}) == ["pass"]
    assert told(drawing(title=title, size=SIZE + ' aria-label="A mug"')) == ["pass"]


def test_a_rule_put_off_still_leaves_what_cannot_be_drawn() -> None:
    assert told(drawing("<script/>"), rules={"script": "off"}) == [
        "fail",
        "critical renders 2: the drawing cannot be drawn: <script> is not among the elements that are drawn",
    ]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("<svg", "critical well-formed 1: not well-formed XML: unclosed token"),
        (
            "<html/>",
            "critical well-formed 1: the root element is not <svg> of the namespace http://www.w3.org/2000/svg",
        ),
        (
            "\n<!DOCTYPE svg>\n<svg/>",
            "critical entities 2: a DOCTYPE can declare entities, which grow or fetch; what follows it was not read",
        ),
    ],
)
def test_what_is_no_svg_is_told_once(text: str, finding: str) -> None:
    assert told(text) == ["fail", finding]


INNER = base64.b64encode(drawing("<script/>").encode()).decode()
BOMBS = {
    "nested": "<g>" * 100_000 + "</g>" * 100_000,
    "elements": "<g/>" * 200_000,
    "uses": "".join(f'<g id="l{n}">' + f'<use href="#l{n - 1}"/>' * 2 + "</g>" for n in range(1, 60))
    + '<path id="l0" d="M0 0h9v9"/><use href="#l59"/>',
    "inherited patterns": '<defs><g fill="url(#p)"><pattern id="p" width="9" height="9"><rect/></pattern></g></defs>'
    + '<rect width="99" height="99" fill="url(#p)"/>',
    "clip loop": '<clipPath id="a" clip-path="url(#a)"><rect/></clipPath><rect clip-path="url(#a)"/>',
    "filter": '<filter id="f"><feGaussianBlur stdDeviation="1e9"/></filter>'
    + '<g filter="url(#f)"><text>a</text></g>' * 900,
    "pattern": '<pattern id="p" patternUnits="userSpaceOnUse" width="1e5" height="1e5"/>'
    + '<rect width="9" height="9" fill="url(#p)"/>',
    "layers": '<g opacity=".5"><text>a</text></g>' * 5_000,
    "far": '<g transform="scale(1e30)"><circle r="9"/></g>',
    "open urls": "<style>" + "url(" * 100_000 + "</style>",
    "drawing in a drawing": f'<image href="data:image/svg+xml;base64,{INNER}"/>',
    "letters": '<text y="9">' + "mug " * 100_000 + "</text>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_drawing_made_to_harm_fails(name: str) -> None:
    assert told(drawing(BOMBS[name]))[0] == "fail"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_fail(name: str) -> None:
    assert said("svg", {"a.svg": HOSTILE[name]})[0] == "fail"


@pytest.mark.parametrize("wrong", [{"max_bytes": 0}, {"rules": {"scripts": "off"}}, {"max_depth": "deep"}])
def test_wrong_settings_are_an_error(wrong: dict[str, object]) -> None:
    assert told(drawing(), **wrong)[0] == "error"


def test_a_step_that_wrote_no_drawing_fails() -> None:
    assert said("svg", {"a.md": "x"})[0] == "fail"
