"""No invented facts: what a text may say, given its sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.grounding import Claim, Kind, ungrounded
from orchestrator.content.quotations import quotations, quotations_and_names

NOTES = """\
# Notes

Ann said: "I drink my tea slowly, and it stays warm."
> Best mug of my
> life, it isn’t too heavy

It holds 350 ml and costs $24.00. Others ask 22, 25 and 30 euros; −5 % in spring.
First sold on 2026-03-01, rated IP67.
"""
SEARCHES = 'month,searches,share\n2026-01,120,41\n2026-02,166,"1,200"\n2026-03,,6 %\n'
FEED = "<feed><title width='77'>Mugs &amp;amp; cups</title>\n<entry>12 new &lt;b&gt;glazes&lt;/b&gt;</entry></feed>"
SOURCES = {"sources/notes.md": NOTES, "sources/searches.csv": SEARCHES, "sources/news.atom": FEED}


def claims(text: str) -> list[tuple[str, str, int]]:
    return [(str(claim.kind), claim.text, claim.line) for claim in ungrounded(text, SOURCES)]


@pytest.mark.parametrize(
    "text",
    [
        "It costs $24.",
        "It costs USD 24.00.",
        "price: 24.00",
        "a 350ml mug",
        "350 millilitres",
        "1200 searches",
        "a share of 41 %, then 6 %",
        "first sold on 1 March 2026",
        "since March 2026",
        "since 2026",
        "5 % less in spring",
        "in 2026-02",
        "IP67 rated",
        "12 new glazes",
        "25 €",
    ],
)
def test_a_figure_of_the_sources_stands(text: str) -> None:
    assert claims(text) == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("It costs $23.", "$23"),
        ("It costs €24.", "€24"),
        ("a 350 g mug", "350 g"),
        ("120 %", "120 %"),
        ("24 %", "24 %"),
        ("+5 % in spring", "+5 %"),
        ("since 2025", "2025"),
        ("on 2 March 2026", "2 March 2026"),
        ("IP68 rated", "IP68"),
        ("77 wide", "77"),
        ("12 searches rose 38.5 %", "38.5 %"),
        ("```\n99\n```", "99"),
        ("<!-- 99 -->", "99"),
    ],
)
def test_any_other_figure_does_not(text: str, figure: str) -> None:
    assert [(kind, said) for kind, said, _ in claims(text)] == [("figure", figure)]


@pytest.mark.parametrize(
    "text",
    [
        "+38 % (120 → 166)",
        "searches rose by 38.3 % in 2026 (120 -> 166)",
        "-28 % (166 → 120)",
        "286 in all (120 + 166)",
        "46 more (166 − 120)",
        "72 % (120 / 166)",
        "0.72 of it (120 ÷ 166)",
        "$48.00 for two ($24.00 + $24.00)",
        "2880 (24 × 120)",
        "median 23 (median of 22, 24, 25 and 22)",
        "25.67 (mean of 22, 25, 30)",
        "the 77 of them (sum of 22, 25, 30)",
        "286 in all (120 + 166)\nand 452 with it (286 + 166)\n+58 % (286 → 452)",
    ],
)
def test_a_figure_that_shows_its_calculation_stands(text: str) -> None:
    assert claims(text) == []


def test_only_the_true_parts_of_a_calculation_stand() -> None:
    text = "286 (120 + 166)\n452 (286 + 166)\n99 (120 + 166)\n100 (40 + 60)\n+39 % (120 → 166)\n-38 % (120 → 166)\n"
    assert claims(text) == [
        ("figure", "99", 3),
        ("figure", "100", 4),
        ("figure", "40", 4),
        ("figure", "60", 4),
        ("figure", "+39 %", 5),
        ("figure", "-38 %", 6),
    ]


@pytest.mark.parametrize(
    "text", ["7 (120 : 166)", "7 (120 166)", "7 (120 + 166 in all)", "7 (120)", "7 (166 / 0)", "7 (2026-03-01 + 120)"]
)
def test_what_is_no_calculation_bears_nothing_out(text: str) -> None:
    assert ("figure", "7", 1) in claims(text)


def test_a_calculation_bears_out_nothing_behind_it_or_on_other_lines_before() -> None:
    assert claims("286 at last\n(120 + 166) is 286\n") == [("figure", "286", 1), ("figure", "286", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "“I drink my tea slowly, and it stays warm”",
        '"i DRINK my\ntea slowly," she says',
        "„tea … it stays warm“",
        "«my tea slowly [...] stays warm»",
        "> Best **mug** of my life, it isn't too heavy — Ann, a customer",
        "> best mug of my life [notes.md:4]",
        '> "Best mug of my life"',
        '"two words" are no quotation',
        'a 12" plate with a 12" rim',
        '<p class="not a quotation here">12</p>',
        "> [!NOTE]\n> A note is no quotation.",
        '---\ntitle: "A mug for slow mornings"\n---\n',
        '```\n"code is no quotation"\n```',
        "“Mugs &amp; cups” are mugs",
    ],
)
def test_a_quotation_of_the_sources_stands(text: str) -> None:
    assert [claim for claim in claims(text) if claim[0] == "quotation"] == []


@pytest.mark.parametrize(
    ("text", "quotation"),
    [
        ("“I drink my coffee slowly”", "I drink my coffee slowly"),
        ('x\n"rink my tea slowly"', "rink my tea slowly"),
        ("“it stays warm … I drink my tea”", "it stays warm … I drink my tea"),
        ("> Wow", "Wow"),
        ("> Best mug of the\n> whole world", "Best mug of the whole world"),
    ],
)
def test_any_other_quotation_does_not(text: str, quotation: str) -> None:
    assert [(kind, said) for kind, said, _ in claims(text)] == [("quotation", quotation)]


def test_a_citation_must_point_at_a_line_that_is_there() -> None:
    text = "[notes.md:8] [sources/notes.md#L1-L3] notes.md, line 3\n[notes.md:99] [gone.md:1] [notes.md:0] [es.md:1]\n"
    assert claims(text) == [
        ("citation", "notes.md:99", 2),
        ("citation", "gone.md:1", 2),
        ("citation", "notes.md:0", 2),
        ("citation", "es.md:1", 2),
    ]


def test_a_claim_says_what_comes_nearest() -> None:
    assert ungrounded("It costs $23 “and I drink my coffee slowly”", SOURCES) == (
        Claim(Kind.FIGURE, "$23", 1, "sources/notes.md:7 has $24.00"),
        Claim(
            Kind.QUOTATION,
            "and I drink my coffee slowly",
            1,
            "sources/notes.md:3 has " + repr('Ann said: "I drink my tea slowly, and it stays warm."'),
        ),
    )


def test_without_sources_nothing_stands() -> None:
    assert ungrounded("24 “words of some person”", {}) == (
        Claim(Kind.FIGURE, "24", 1),
        Claim(Kind.QUOTATION, "words of some person", 1),
    )


def test_of_very_many_quotations_none_passes_unseen() -> None:
    text = "\n\n".join(["“it stays warm”"] * 2_001)
    assert [claim.line for claim in ungrounded(text, SOURCES)] == [4_001]
    assert len(ungrounded("\n\n".join(["> gone"] * 300), SOURCES)) == 200


def test_a_broken_table_is_read_as_far_as_it_can_be() -> None:
    table = 'a;b\n"' + "x" * 200_000 + '\n1;"2\n'
    assert ungrounded("24", {"t.csv": table})[0].text == "24"
    assert ungrounded("2", {"t.csv": 'a;b\n1;"2\n'}) == ()


def test_quotations_are_found_on_the_line_where_they_begin() -> None:
    found = quotations('One\n\ntwo "three four\nfive" six\n\n> seven\n> eight\n')
    assert [(quotation.text, quotation.line) for quotation in found] == [("three four five", 3), ("seven eight", 6)]


@given(st.text(alphabet='019.,%$ \n→+()"“”>ab-:[]…', max_size=120))
def test_every_text_bears_itself_out(text: str) -> None:
    assert [claim for claim in ungrounded(text, {"self.txt": text}) if claim.kind is not Kind.CITATION] == []


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.integers(0, 2))
def test_a_printed_change_stands_and_one_beyond_its_rounding_does_not(old: int, new: int, places: int) -> None:
    change = (new - old) / old * 100
    sources = {"s.csv": f"a,b\n{old},{new}\n"}
    assert ungrounded(f"change {change:+.{places}f} % ({old} → {new})", sources) == ()
    wrong = f"{abs(change) + 2 + max(old, new):.{places}f} %"
    assert [claim.text for claim in ungrounded(f"change {wrong} ({old} → {new})", sources)] == [wrong]


@pytest.mark.parametrize("piece", ["“", '"', '"a b c', "> ", "(1 + ", "(", "…", "<", "a b c \n\n", "“a b c”"])
def test_a_hostile_text_is_judged_without_trying_everything(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    ungrounded(text, {"s.html": text, "s.md": text})


HASH = "3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4"
LOG = {"commits.yaml": f'- {{"hash": "{HASH}", "subject": "Say \\"it is a fine day\\" in [brackets]", "pr": 12}}\n'}


@pytest.mark.parametrize(
    "text",
    [
        HASH,
        HASH[:7],
        f"`{HASH[:10]}`, #12",
        "(3f2a91c)",
        'She wrote "it is a fine day" there.',
        'Say "it is a fine day" in \\[brackets\\]',
        "defaced, acceded",
    ],
)
def test_a_hash_stands_by_its_beginning_and_an_escaped_sign_for_itself(text: str) -> None:
    assert ungrounded(text, LOG) == ()


@pytest.mark.parametrize("text", ["3f2a91d", "3f2a91", f"{HASH[:7]}0", "f2a91c4", "1234abc"])
def test_another_hash_does_not_stand(text: str) -> None:
    assert [claim.kind for claim in ungrounded(f"see {text}", LOG)] == [Kind.FIGURE]


def test_a_quotation_ends_with_the_item_of_its_list() -> None:
    text = '- one "that is not closed\n- two that is "not closed either\n'
    assert quotations(text) == ()
    assert [each.text for each in quotations('- "it goes on\n  to the next line"\n')] == ["it goes on to the next line"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the “Slow Morning” mug", [("Slow Morning", 1)]),
        ('\nthe "Mug" and "a Cup"', [("Mug", 2), ("a Cup", 2)]),
        ("the “slow” one and “24”", []),
        ("`“Code”` and `x` “Mug”", [("Mug", 1)]),
        ("`x`\n“One” `“Two”` “Three”", [("One", 2), ("Three", 2)]),
        ("“Émile” “iPhone” “Ωmega”", [("Émile", 1), ("Ωmega", 1)]),
        ("“Three Words Here”", []),
        ("> “Quoted”", []),
    ],
)
def test_names_in_quotation_marks_have_a_capital_and_stand_outside_of_code(
    text: str, names: list[tuple[str, int]]
) -> None:
    assert [(each.text, each.line) for each in quotations_and_names(text) if each.is_name] == names
    assert not any(each.is_name for each in quotations(text))


def test_names_are_claims_where_they_are_asked_for() -> None:
    text = "“Best mug” and “Loud Mug”"
    assert ungrounded(text, SOURCES) == ()
    assert [(claim.kind, claim.text) for claim in ungrounded(text, SOURCES, names=True)] == [(Kind.NAME, "Loud Mug")]


def test_a_citation_of_a_blank_line_is_none() -> None:
    assert claims("[notes.md:2]") == [("citation", "notes.md:2", 1)]
    assert claims("[notes.md:2-3]") == []


@pytest.mark.parametrize(("count", "has_nearest"), [(20, True), (21, False)])
def test_for_the_first_twenty_quotations_the_nearest_passage_is_looked_for(
    count: int,
    has_nearest: bool,
) -> None:
    found = ungrounded("\n\n".join(["“I drink my coffee slowly”"] * count), SOURCES)
    assert (found[-1].nearest is not None) == has_nearest
    assert found[0].nearest is not None


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("> a b … c d", ("a b", "c d")),
        ("> a b [ … ] c d", ("a b", "c d")),
        ("> a b ( ... ) ... c d [x.md:1]  ", ("a b", "c d")),
        ("> a b [x.md:1]\n> — Ann [y.md:2]", ("a b",)),
        ("> a b — Ann\n> [y.md:2]", ("a b",)),
        ("> a [x.md:1] b", ("a [x.md:1] b",)),
    ],
)
def test_a_block_quotation_is_parted_at_ellipses_and_loses_its_citation(text: str, parts: tuple[str, ...]) -> None:
    assert [each.parts for each in quotations(text)] == [parts]


@pytest.mark.parametrize("gap", [" ", "\t", "\u3000", "\x0b"])
def test_white_space_without_end_in_a_quotation_is_one_space(gap: str) -> None:
    """A pattern that begins with white space would try each of them as its first: for hours."""
    found = quotations(f"> a{gap * 1_000_000}b")
    assert [(each.text, each.parts) for each in found] == [("a b", ("a b",))]
