from collections.abc import Mapping

import pytest
from agent_cases import BRIEF, LISTING, made, request
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.agents.builtin import Builtin
from orchestrator.agents.builtin.product_listing import layout, motifs
from orchestrator.agents.builtin.product_listing.palette import choose
from orchestrator.agents.builtin.product_listing.titles import LONGEST, shortened
from orchestrator.agents.interface import Answer
from orchestrator.content.color import READABLE, Color
from orchestrator.content.drawing import contrasts, overflows
from orchestrator.content.picture import render
from orchestrator.documents.models import parse
from orchestrator.model.finding import Finding, ReviewFile, Severity

RESEARCH = "# Research\n\n## Quotations\n\n- “It smells of summer” [n.md:1]\n- “It is magical in the dark” [n.md:2]\n"


def design(listing: str = LISTING, brief: str = BRIEF) -> str:
    return made("design", {"brief.md": brief, "listing.md": listing})["design.svg"]


def review(listing: str, svg: str | None = None, brief: str = BRIEF, research: str = RESEARCH) -> list[tuple[str, ...]]:
    drawn = svg if svg is not None else design()
    files = {"brief.md": brief, "research.md": research, "listing.md": listing, "design.svg": drawn}
    found = parse(made("validate", files)["review.yaml"], "review.yaml", ReviewFile).findings
    return [
        (each.severity.value, f"{each.file}:{each.line}", each.message, each.suggestion or "")
        for each in found
        if not each.message.endswith("needs 7")
    ]


def polished(listing: str, svg: str | None = None, brief: str = BRIEF) -> dict[str, str]:
    """Review the files, mend what was found, and review again: nothing that could be mended is left."""
    drawn = svg if svg is not None else design()
    files: dict[str, str] = {"brief.md": brief, "research.md": RESEARCH, "listing.md": listing, "design.svg": drawn}
    files |= made("validate", files)
    return made("polish", {path: files[path] for path in ("listing.md", "design.svg", "review.yaml")})


def test_a_clean_listing_has_no_finding() -> None:
    assert review(LISTING) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            "Burns for 40 hours",
            "Burns for 55 hours",
            (
                "critical",
                "listing.md:12",
                "the figure “55 hours” stands neither in the brief nor in the research; the nearest is brief.md:6 has "
                "40 hours",
                "remove the sentence, or say what the sources say",
            ),
        ),
        (
            'price: "€18.50"',
            "price: 19",
            ("critical", "listing.md:3", "the price is “19”; the brief says €18.50", "set the price to “€18.50”"),
        ),
        (
            "poured by hand.",
            "poured by hand. It is MAGICAL.",
            (
                "major",
                "listing.md:8",
                "“magical” is among the words that the brief says to avoid",
                "leave the word out",
            ),
        ),
        (
            "poured by hand.",
            "poured by hand.\n\n> “It is magical in the dark”",
            (
                "major",
                "listing.md:10",
                "“magical” is among the words that the brief says to avoid",
                "quote “It smells of summer” instead",
            ),
        ),
        (
            "poured by hand.",
            "the best candle, poured by hand.",
            ("minor", "listing.md:8", "“best” promises more than anyone can show", "leave the word out"),
        ),
    ],
)
def test_what_is_wrong_is_found_with_its_place_and_mended(old: str, new: str, found: tuple[str, ...]) -> None:
    listing = LISTING.replace(old, new)
    assert listing != LISTING
    assert found in review(listing)
    after = polished(listing)
    assert review(after["listing.md"], after["design.svg"]) == []


def test_a_section_that_the_brief_asks_for_is_missed_and_left_to_a_person() -> None:
    brief = BRIEF + "\nsections: Details, Care\n"
    missing = (
        "major", "listing.md:None", "the section “Care”, which the brief asks for, is missing",
        "add a section with the heading “Care”",
    )  # fmt: skip
    assert review(LISTING, brief=brief) == [missing]
    assert polished(LISTING, brief=brief)["listing.md"] == LISTING


def test_a_listing_whose_head_is_broken_is_a_finding_not_a_crash() -> None:
    (found,) = review("---\ntitle: [\n---\nText\n")
    assert found[:2] == ("critical", "listing.md:1")


def test_a_drawing_that_cannot_be_judged_is_a_finding() -> None:
    assert review(LISTING, "<svg") == [
        ("critical", "design.svg:1", "not well-formed XML: unclosed token", "draw it with plain shapes and text")
    ]


def test_a_drawing_of_another_listing_is_found_and_set_anew() -> None:
    other = design(LISTING.replace("Beeswax candle", "Tallow candle").replace("€18.50", "€3"))
    messages = [found[2] for found in review(LISTING, other)]
    assert "the drawing does not show the listing's title, “Beeswax candle”" in messages
    assert "the drawing does not show the listing's price, “€18.50”" in messages
    assert review(LISTING, polished(LISTING, other)["design.svg"]) == []


TEXT = '<text x="20" y="60" font-size="30" fill="#999999">Beeswax candle €18.50</text>'


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        TEXT.replace('fill="#999999"', 'style="fill:#999999"'),
        TEXT.replace(' fill="#999999"', ""),
        "<style>text{fill:#999}</style>\n" + TEXT,
        TEXT.replace('y="60"', 'y="60" data-box="20 20 150 60"'),
        TEXT.replace('font-size="30"', 'font-size="90"'),
        f'<g fill="#999999" font-size="60">{TEXT.replace(chr(32) + "font-size=" + chr(34) + "30" + chr(34), "")}</g>',
        TEXT.replace(">Bee", '\n>Bee').replace("candle", '<tspan fill="#aaa">candle</tspan>'),
    ],
)  # fmt: skip
def test_a_drawing_of_anybody_can_be_mended(body: str) -> None:
    ground = '<rect width="600" height="200" fill="#fff"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200">\n{ground}\n{body}\n</svg>\n'
    after = polished(LISTING, svg)["design.svg"]
    assert [found for found in review(LISTING, after) if "contrast" in found[2] or "box" in found[2]] == []
    assert after.split("\n")[:2] == svg.split("\n")[:2]


def test_with_nothing_to_mend_nothing_changes() -> None:
    svg = design()
    files = {"listing.md": LISTING, "design.svg": svg, "review.yaml": "findings: []\n"}
    answer = Builtin().run(request("polish", files))
    assert isinstance(answer, Answer)
    assert answer.files == {
        "listing.md": LISTING.encode(), "design.svg": svg.encode(), "design.png": render(svg.encode()),
    }  # fmt: skip


def test_what_a_later_step_sent_back_is_mended_too() -> None:
    listing = LISTING.replace("pure beeswax, poured", "perfect pure beeswax, poured")
    sent = Finding(severity=Severity.MAJOR, message="“perfect” is banned", file="listing.md", line=8)
    files: Mapping[str, str] = {"listing.md": listing, "design.svg": design(), "review.yaml": "findings: []\n"}
    assert made("polish", files, findings=(sent,))["listing.md"] == LISTING


@pytest.mark.parametrize(
    ("line", "word", "mended"),
    [
        ("It is an amazing mug.", "amazing", "It is a mug."),
        ("It is a unique object.", "unique", "It is an object."),
        ("Perfect mugs for all.", "perfect", "Mugs for all."),
        ("It holds tea. It is perfect.", "perfect", "It holds tea."),
        ("- The best, by far", "best", ""),
        ('Ada said "it is the best mug" to us. We agree.', "best", "We agree."),
        ("Bestow it on a friend.", "best", "Bestow it on a friend."),
    ],
)
def test_a_word_is_taken_out_so_that_the_line_still_reads(line: str, word: str, mended: str) -> None:
    listing = LISTING.replace("A candle of pure beeswax, poured by hand.", line)
    sent = Finding(severity=Severity.MAJOR, message=f"“{word}” is banned", file="listing.md", line=8)
    files: Mapping[str, str] = {"listing.md": listing, "design.svg": design(), "review.yaml": "findings: []\n"}
    lines = made("polish", files, findings=(sent,))["listing.md"].split("\n")
    assert lines[7] == (mended or "## Details")


@pytest.mark.parametrize(
    ("title", "short"),
    [
        ("Beeswax candle", "Beeswax candle"),
        (
            "Harbour mug, hand-thrown stoneware with a reactive sea-green glaze, for slow mornings",
            "Harbour mug, hand-thrown stoneware",
        ),
        ("A pack of 1,200 wooden pegs that nobody will ever find reason to complain of", "A pack of 1,200 wooden pegs"),
        ("x" * 90, "x" * 60),
        ("word " * 20 + "end", ("word " * 12).strip()),
    ],
)  # fmt: skip
def test_a_title_is_cut_where_a_phrase_ends(title: str, short: str) -> None:
    assert shortened(title) == short


@given(st.text(max_size=200).map(str.strip))
@settings(max_examples=100, deadline=None)
def test_a_shortened_title_is_a_beginning_of_the_title(title: str) -> None:
    short = shortened(title)
    assert len(short) <= LONGEST
    assert title.startswith(short)


@given(
    st.builds(Color, st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)),
    st.sampled_from(motifs.KINDS),
    st.lists(st.text("abcdefg hijklmnop WMÄß€—<&\"'", min_size=1, max_size=70), min_size=4, max_size=4),
)
@settings(max_examples=12, deadline=None)
def test_any_colour_and_any_words_make_a_drawing_that_can_be_read(accent: Color, kind: str, texts: list[str]) -> None:
    palette = choose(accent, texts)
    title, point, fact, price = texts
    shown = layout.Page(
        "a  ·  b",
        title,
        (point, point),
        ((fact[:9], fact[:20]),),
        price[:12].strip(),
        motifs.motif(kind, palette),
        palette,
    )
    svg = layout.page(shown).encode()
    assert [found.text for found in contrasts(svg) if found.ratio < READABLE] == []
    assert overflows(svg) == ()


def test_each_thing_has_a_picture_of_its_own() -> None:
    palette = choose(None, ("mug",))
    drawn = {kind: "".join(motifs.motif(kind, palette)) for kind in motifs.KINDS}
    assert len(set(drawn.values())) == len(motifs.KINDS)
    assert motifs.kind_of(["A waxed-canvas tote", "with a mug in it"]) == "bag"
    assert motifs.kind_of(["Something else"]) == "parcel"
