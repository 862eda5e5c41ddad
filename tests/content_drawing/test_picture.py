import io
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from orchestrator.content import svg as drawings
from orchestrator.content import typeface
from orchestrator.content.picture import DrawingError, render

SVG = 'xmlns="http://www.w3.org/2000/svg"'


def drawing(body: str, *, size: str = 'width="400" height="200"') -> bytes:
    return f"<svg {SVG} {size}>{body}</svg>".encode()


def pixels(png: bytes) -> Image.Image:
    with Image.open(io.BytesIO(png)) as image:
        return image.convert("RGBA")


def test_text_is_really_drawn() -> None:
    with_text = pixels(
        render(drawing('<rect width="400" height="200" fill="#fff"/><text x="20" y="100" font-size="60">Mug</text>'))
    )
    without = pixels(render(drawing('<rect width="400" height="200" fill="#fff"/>')))
    assert with_text.size == without.size == (400, 200)
    drawn = ImageChops.difference(with_text.convert("RGB"), without.convert("RGB")).getbbox()
    assert drawn is not None
    left, top, right, bottom = drawn
    assert (15 < left < 30, 40 < top < 60, 130 < right < 170, 95 < bottom < 120) == (True,) * 4


@pytest.mark.parametrize("family", ["Inter", "Comic Sans MS", "serif", "monospace", "Nobody's"])
def test_every_typeface_is_ours_so_that_a_drawing_is_the_same_everywhere(family: str) -> None:
    named = drawing(f'<text x="20" y="100" font-size="60" font-family="{family}">Mug</text>')
    assert render(named) == render(drawing('<text x="20" y="100" font-size="60">Mug</text>'))


def test_bold_is_another_font_file() -> None:
    regular, bold = (
        render(drawing(f'<text x="20" y="100" font-size="60" font-weight="{weight}">Mug</text>'))
        for weight in (400, 700)
    )
    assert regular != bold


def test_the_same_drawing_gives_the_same_bytes() -> None:
    body = '<circle cx="90" cy="90" r="60" fill="teal"/><text x="20" y="100">Mug</text>'
    assert render(drawing(body)) == render(drawing(body))


def test_a_width_scales_the_picture() -> None:
    assert pixels(render(drawing("<rect width='9' height='9'/>"), 800)).size == (800, 400)


@pytest.mark.parametrize("is_bold", [False, True])
@pytest.mark.parametrize("text", ["Harbour mug", "AVATAR To WAVE", "iiiiiiiiii", "€34.90 · 1,240 °C"])
def test_texts_are_measured_as_they_are_drawn(text: str, is_bold: bool) -> None:
    weight = "700" if is_bold else "400"
    png = render(
        drawing(
            f'<text x="20" y="100" font-size="40" font-weight="{weight}">{text}</text>', size='width="800" height="200"'
        )
    )
    box = pixels(png).getbbox()
    assert box is not None
    measured = typeface.width(text, 40, is_bold=is_bold)
    assert (box[2] - box[0]) <= measured + 1
    assert (box[2] - box[0]) >= measured * 0.93 - 6


def test_lines_are_wrapped_within_their_room() -> None:
    lines = typeface.wrap("A rather long line of words, and anextraordinarilylongwordthatmustbebroken", 20, 120)
    assert all(typeface.width(line, 20) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == "Aratherlonglineofwords,andanextraordinarilylongwordthatmustbebroken"


@pytest.mark.parametrize(
    ("svg", "message"),
    [
        (b"", "not well-formed XML: no element found"),
        (b"<svg", "not well-formed XML: unclosed token"),
        (b"\x89PNG\r\n", "not well-formed XML: not well-formed (invalid token)"),
        (b"<html/>", "the root element is not <svg> of the namespace http://www.w3.org/2000/svg"),
        (b'<svg width="4" height="4"/>', "the root element is not <svg> of the namespace http://www.w3.org/2000/svg"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "a DOCTYPE is not allowed: remove it"),
        (b'<?xml-stylesheet href="x"?><svg/>', "a processing instruction is not allowed"),
        (drawing("<script>1</script>"), "<script> is not among the elements that are drawn"),
        (drawing('<image href="http://x/y.png"/>'), "<image> is not among the elements that are drawn"),
        (drawing("<foreignObject/>"), "<foreignObject> is not among the elements that are drawn"),
        (drawing("<feTurbulence/>"), "<feTurbulence> is not among the elements that are drawn"),
        (drawing("<g><svg/></g>"), "<svg> is the root, and stands nowhere else"),
        (drawing('<rect onclick="x"/>'), "the event attribute onclick is not allowed"),
        (
            drawing('<use href="other.svg#a"/>'),
            "<use> refers to 'other.svg#a'; only '#name' in the drawing itself is allowed",
        ),
        (drawing('<rect fill="url(http://x/#a)"/>'), "url() may only name '#name' in the drawing itself"),
        (drawing("<style>@import url(#x);</style>"), "a style sheet may have no @ rule and no backslash"),
        (drawing("<style>a{fill:u\\72l(x)}</style>"), "a style sheet may have no @ rule and no backslash"),
        (drawing("<defs><text>a</text></defs>"), "text in a definition cannot be measured: put it where it is drawn"),
        (
            drawing('<g id="a"><text>a</text></g><use href="#a"/>'),
            "text drawn by <use> cannot be measured: put it where it is drawn",
        ),
        (drawing('<g id="a"><use href="#a"/></g>'), "<g> refers to itself"),
        (drawing("", size='width="9000" height="2"'), "the drawing is 9000 × 2 pixels; a side has 1 to 8192"),
        (drawing("", size='width="-1" height="2"'), "the drawing is -1 × 2 pixels; a side has 1 to 8192"),
        (drawing("", size='viewBox="0 0 0 9"'), "viewBox must be four numbers: x y width height, the last two above 0"),
        (drawing("", size=""), 'no width in pixels and no viewBox: write viewBox="0 0 1200 900"'),
        (drawing("<g>" * 70 + "</g>" * 70), "more than 64 elements deep"),
        (drawing("<x:a xmlns:x='y'>" * 70 + "</x:a>" * 70), "more than 64 elements deep"),
        (drawing("<g/>" * 20_001), "more than 20,000 elements"),
        (drawing("x" * 2_000_001), "the drawing has 2,000,072 bytes; the most is 2,000,000"),
    ],
)  # fmt: skip
def test_what_could_run_fetch_or_grow_is_refused_with_its_reason(svg: bytes, message: str) -> None:
    with pytest.raises(DrawingError) as caught:
        render(svg)
    assert caught.value.message == message


def test_a_prefix_hides_nothing() -> None:
    svg = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" width="9" height="9">\n<s:script/></s:svg>'
    with pytest.raises(DrawingError) as caught:
        render(svg)
    assert (caught.value.message, caught.value.line) == ("<script> is not among the elements that are drawn", 2)


def test_what_an_editor_adds_in_its_own_namespace_is_left_out() -> None:
    noise = '<i:view xmlns:i="http://inkscape.org" i:x="1"><i:grid/></i:view><metadata/>'
    plain = '<rect width="400" height="200" fill="#abcdef"/>'
    assert render(drawing(noise + plain)) == render(drawing(plain))


@pytest.mark.parametrize(
    "reference",
    ['<use href="#{}"/>', '<rect width="9" height="9" fill="url(#{})"/>', '<g mask="url(#{})"><path d="M0 0"/></g>'],
)
def test_a_bomb_of_references_is_refused(reference: str) -> None:
    tag = "g" if "use" in reference else "pattern" if "fill" in reference else "mask"
    layers = [f'<{tag} id="l0"><path d="M0 0h9"/></{tag}>']
    for number in range(1, 9):
        layers.append(f'<{tag} id="l{number}">' + reference.format(f"l{number - 1}") * 10 + f"</{tag}>")
    with pytest.raises(DrawingError, match="drawn out, the drawing has more than 100,000 elements"):
        render(drawing("<defs>" + "".join(layers) + "</defs>" + reference.format("l8")))


def test_a_style_sheet_may_not_smuggle_a_bomb_in() -> None:
    body = '<style>rect{fill:url(#p)}</style><defs><pattern id="p" width="1" height="1"><rect/></pattern></defs>'
    with pytest.raises(DrawingError, match="a style sheet may name gradients only"):
        render(drawing(body))


@given(st.binary(max_size=300) | st.text(alphabet="<svg/>\"'= &;#x!?-[]0", max_size=300).map(str.encode))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_parsed_or_refused(noise: bytes) -> None:
    for svg in (noise, b"<svg " + SVG.encode() + b' viewBox="0 0 9 9">' + noise + b"</svg>"):
        with suppress(DrawingError):
            assert drawings.parse(drawings.write(drawings.parse(svg)).encode())


def test_a_drawing_comes_back_from_its_tree() -> None:
    body = '<g fill="red" xml:space="preserve"><text x="1" y="2">a &lt; b &amp; <tspan>“c”</tspan> d</text></g>'
    root = drawings.parse(drawing(body))
    assert drawings.write(root) == f'<svg {SVG} width="400" height="200">{body}</svg>'


def test_what_the_typeface_lacks_is_told_without_keeping_shapes() -> None:
    letters = "".join(map(chr, range(0xC0, 0x100)))
    tracemalloc.start()
    try:
        lacks = typeface.lacking(f"{letters}猫")
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert lacks == "猫"
    assert kept < 3_000_000
