import pytest

from orchestrator.content import typeface
from orchestrator.content.drawing import DrawingError, contrasts, overflows, texts

SVG = 'xmlns="http://www.w3.org/2000/svg" width="400" height="200"'


def drawing(body: str) -> bytes:
    return f"<svg {SVG}>\n{body}\n</svg>".encode()


def ratios(body: str) -> list[tuple[str, float, int]]:
    return [(found.text, round(found.ratio, 1), found.line) for found in contrasts(drawing(body))]


TEXT = '<text x="20" y="100" font-size="30" fill="#ffffff">Mug</text>'


@pytest.mark.parametrize(
    ("beneath", "ratio"),
    [
        ("", 1.0),
        ('<rect width="400" height="200" fill="#000"/>', 21.0),
        ('<rect width="400" height="200" fill="#000"/><rect width="400" height="200" fill="#777"/>', 4.5),
        ('<rect width="400" height="200" fill="#000"/><rect x="300" width="100" height="200" fill="#fff"/>', 21.0),
        ('<rect width="400" height="200"/><rect width="400" height="200" fill="#fff" fill-opacity="0.5"/>', 3.9),
        ('<g fill="#000"><path d="M0 0h400v200h-400z"/></g>', 21.0),
        ('<g transform="translate(10 60) scale(2)"><rect width="60" height="40" fill="#000"/></g>', 21.0),
        ('<defs><rect width="400" height="200" fill="#000"/></defs>', 1.0),
        ('<style>.dark{fill:#000}</style><rect class="dark" width="400" height="200"/>', 21.0),
    ],
)
def test_a_text_is_held_against_what_is_seen_beneath_it(beneath: str, ratio: float) -> None:
    assert ratios(beneath + TEXT) == [("Mug", ratio, 2)]


def test_of_a_gradient_the_worst_place_under_the_text_counts() -> None:
    stops = '<stop offset="0" stop-color="#000"/><stop offset="1" stop-color="#fff"/>'
    ground = (
        f'<defs><linearGradient id="g">{stops}</linearGradient></defs><rect width="400" height="200" fill="url(#g)"/>'
    )
    left, right = (ratios(ground + TEXT.replace('x="20"', f'x="{x}"'))[0][1] for x in (5, 320))
    assert left > 10 > 2 > right


def test_a_text_filled_with_a_gradient_is_as_readable_as_its_worst_stop() -> None:
    body = (
        '<defs><linearGradient id="a"><stop stop-color="#000"/><stop offset="1" style="stop-color:#ddd"/>'
        "</linearGradient>"
        '<linearGradient id="b" href="#a"/></defs><text x="9" y="90" fill="url(#b)">Mug</text>'
    )
    assert ratios(body) == [("Mug", 1.4, 2)]


def test_a_shape_that_covers_a_text_counts() -> None:
    assert ratios('<rect width="400" height="200"/>' + TEXT + '<rect width="400" height="200" fill="#fff"/>') == [
        ("Mug", 1.0, 2)
    ]


@pytest.mark.parametrize(
    ("before", "attributes", "ratio"),
    [
        ("", "", 21.0),
        ("", 'fill="#777"', 4.5),
        ("", 'fill="#000" style="fill: #777"', 4.5),
        ("", 'fill="currentColor" color="#777"', 4.5),
        ("", 'fill-opacity="50%"', 3.9),
        ("", 'opacity="0.5"', 3.9),
        ("<style>/* all */ text{fill:#777} #t{fill:#000}</style>", 'id="t"', 21.0),
        ("<style>text{fill:#000} .a.b{fill:#777}</style>", 'class="b a"', 4.5),
        ("<style>g text{fill:#777} svg text{fill:#000 !important}</style>", "", 21.0),
        ("<style>.quiet{fill:#000}</style>", 'class="quiet" style="fill:#777"', 4.5),
    ],
)
def test_the_ink_is_what_the_style_says(before: str, attributes: str, ratio: float) -> None:
    assert ratios(f'{before}<text x="20" y="100" {attributes}>Mug</text>') == [("Mug", ratio, 2)]


def test_a_group_hands_its_style_down() -> None:
    body = '<g fill="#777" opacity="0.5">\n<text y="50">one<tspan x="0" y="90" fill="#000"> two </tspan></text></g>'
    assert ratios(body) == [("one", 1.9, 3), ("two", 3.9, 3)]


@pytest.mark.parametrize(
    "body",
    [
        '<text y="50" display="none">a</text>',
        '<g display="none"><text y="50">a</text></g>',
        '<text y="50" visibility="hidden">a</text>',
        '<text y="50" fill="none">a</text>',
        '<text y="50" opacity="0">a</text>',
        '<text y="50">  </text>',
    ],
)
def test_what_is_not_seen_is_not_judged(body: str) -> None:
    assert texts(drawing(body)) == ()
    assert contrasts(drawing(body)) == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<text fill="url(#no)">a</text>', "fill url(#no) of a text names no gradient"),
        ('<text fill="sea">a</text>', "fill 'sea' of a text is no colour"),
        ('<text font-size="big">a</text>', "font-size 'big' is not understood: write a number of pixels"),
        ('<text x="1 2">a</text>', "x='1 2' is not understood: write one number"),
        (
            '<text style="font: 9px Inter">a</text>',
            "the shorthand 'font' is not understood: set font-size and font-weight",
        ),
        (
            "<style>text:hover{fill:red}</style>",
            "the selector 'text:hover' is not understood: use a tag, .class or #id",
        ),
        ('<text transform="turn(3)">a</text>', "the transform turn(3) is not understood"),
        ('<text data-box="1 2 3">a</text>', 'data-box must be four numbers: "x y width height"'),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_said_with_its_line(body: str, message: str) -> None:
    with pytest.raises(DrawingError) as caught:
        texts(drawing(body))
    assert (caught.value.message, caught.value.line) == (message, 2)


def test_a_text_that_passes_the_canvas_overflows() -> None:
    width = typeface.width("A long line of text", 40)
    (found,) = overflows(drawing('<text x="100" y="90" font-size="40">A long line of text</text>'))
    assert (found.text, found.line) == ("A long line of text", 2)
    assert found.by == pytest.approx(100 + width - 400, abs=0.1)
    assert overflows(drawing('<text x="0" y="90" font-size="40">A long line of text</text>')) == ()


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        ('<text data-box="10 10 100 40" x="10" y="40" font-size="20">Harbour</text>', True),
        ('<text data-box="10 10 60 40" x="10" y="40" font-size="20">Harbour</text>', False),
        ('<g data-box="10 10 60 40"><text x="10" y="40" font-size="20">Harbour</text></g>', False),
        ('<g><rect x="10" y="10" width="100" height="40"/><text x="20" y="40" font-size="20">Harbour</text></g>', True),
        ('<g><rect x="10" y="10" width="80" height="40"/><text x="20" y="40" font-size="20">Harbour</text></g>', False),
        (
            '<g><rect x="10" y="10" width="100" height="40"/>'
            '<text x="60" y="40" font-size="20" text-anchor="middle">Harbour</text></g>',
            True,
        ),
        ('<g transform="scale(2)"><rect width="80" height="20"/><text y="16" font-size="20">Harbour</text></g>', True),
        ('<text data-box="10 10 100 40" x="10" y="20" font-size="20">Harbour</text>', False),
        ('<text data-box="0 0 90 40" y="40" font-size="20" letter-spacing="5">Harbour</text>', False),
        ('<text data-box="0 0 90 40" y="30" font-size="20" textLength="85">Harbour mugs</text>', True),
        ('<text transform="rotate(90 200 99)" x="110" y="99" font-size="20">A line that is far too high</text>', False),
    ],
)  # fmt: skip
def test_a_text_stays_in_its_box(body: str, fits: bool) -> None:
    assert (overflows(drawing(body)) == ()) is fits


def test_a_smaller_size_by_the_share_fits() -> None:
    body = '<text data-box="0 0 100 40" x="0" y="30" font-size="{:.2f}">Harbour mugs</text>'
    (found,) = overflows(drawing(body.format(30)))
    assert overflows(drawing(body.format(30 * found.share))) == ()


def test_lines_are_known_by_their_elements_and_roles() -> None:
    body = (
        '<text data-role="title" font-weight="bold"><tspan x="10" y="40">Harbour</tspan>\n'
        '<tspan x="10" dy="1.2em">mug &amp; <tspan fill="red">bowl</tspan></tspan></text>'
    )
    found = texts(drawing(body))
    assert [(text.text, text.line, text.role, text.size) for text in found] == [
        ("Harbour", 2, "title", 16.0),
        ("mug & bowl", 3, "title", 16.0),
    ]
    assert found[1].box.left == 10
    assert found[1].box.bottom - found[0].box.bottom == pytest.approx(19.2)
