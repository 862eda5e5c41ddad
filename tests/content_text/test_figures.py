"""Figures: what is one, what it means, and on which line it stands."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.figures import Value, citations, figures, read, spaced_thousands


def values(text: str) -> list[Value]:
    return [figure.value for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24", "24"),
        ("24.00", "24"),
        ("1,200", "1200"),
        ("1,200.50", "1200.5"),
        ("1.200,50", "1200.5"),
        ("1 200".replace(" ", "\u202f"), "1200"),
        ("1'200", "1200"),
        ("12,50", "12.5"),
        ("0,125", "0.125"),
        ("1.2k", "1200"),
        ("2 million", "2000000"),
        ("$24", "24"),
        ("24 €", "24"),
        ("EUR 24", "24"),
        ("USD24", "24"),
        ("24 %", "24"),
        ("24 percent", "24"),
        ("350ml", "350"),
        ("+38 %", "38"),
        ("−5 °C", "5"),
        ("**24**", "24"),
        ("_24_", "24"),
        ("1st", "1"),
        ("٣", "3"),
        ("&#50;4", "24"),
        ("&#109;ug 24", "24"),
        ("3 hundred", "300"),
        ("2 dozen", "24"),
        ("$5M", "5000000"),
        ("$5 t", "5000000000000"),
        ("7B", "7000000000"),
        ("5 m", "5"),
        ("5 Mrd. Euro", "5000000000"),
        ("3<b></b>8", "38"),
        ("3&shy;8", "38"),
        ("1½", "1.5"),
        ("¾", "0.75"),
        ("10⁶", "1000000"),
    ],
)
def test_a_number_is_read_by_what_it_means(text: str, value: str) -> None:
    assert values(text) == [Decimal(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T10:00:00Z", "2026-03-01"),
        ("1 March 2026", "2026-03-01"),
        ("1st of March, 2026", "2026-03-01"),
        ("Mar 1, 2026", "2026-03-01"),
        ("March 2026", "2026-03"),
        ("2026-03", "2026-03"),
        ("3 May", "--05-03"),
        ("1. März 2026", "2026-03-01"),
        ("3. Mai", "--05-03"),
        ("10:30", "10:30"),
        ("Q3", "q3"),
        ("IP67", "ip67"),
        ("v2.0.1", "v2.0.1"),
        ("2.0.1", "2.0.1"),
        ("9" * 50, "9" * 50),
    ],
)
def test_a_date_a_time_or_a_code_is_read_as_text(text: str, value: str) -> None:
    assert values(text) == [value]


def test_what_two_countries_read_differently_keeps_both_readings() -> None:
    assert [figure.readings for figure in figures("1.200 and 01/03/2026")] == [
        (Decimal("1.2"), Decimal(1200)),
        ("2026-03-01", "2026-01-03"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "no figure",
        "1. first",
        "> 1) quoted",
        "## 2. Audience",
        "### 2.1 Audience",
        "https://example.com/2026/03",
        "see sources/sales-2026.csv",
        "[notes.md:12]",
        "sources/notes.md#L3-L9",
        "[^1]",
        "1️⃣ first",
        "Step 1",
        "> — Ada, 2026",
        "> — Ada (1999) [notes.md:3].",
    ],
)
def test_list_marks_links_and_citations_are_no_figures(text: str) -> None:
    assert figures(text) == ()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("24 dollars", "$"),
        ("24 US dollars", "USD"),
        ("24 euros", "EUR"),
        ("24 pounds", "pound"),
        ("24 pounds sterling", "GBP"),
        ("5 million euros", "EUR"),
        ("24 lbs", "lb"),
        ("**24** %", "%"),
        ("5M", None),
        ("5 m", "m"),
    ],
)
def test_a_unit_is_read_in_its_writings(text: str, unit: str | None) -> None:
    assert [figure.unit for figure in figures(text)] == [unit]


def test_a_space_may_part_thousands() -> None:
    (line,) = read("from 1 200 000 mugs, 12 20, 1 200.5, 1 2000 and 3 400")
    assert [(each.text, each.value, each.start) for each in spaced_thousands(line)] == [
        ("1 200 000", Decimal(1_200_000), 5),
        ("3 400", Decimal(3_400), 48),
    ]


def test_a_number_at_the_head_of_a_line_is_a_list_mark_only_where_it_counts_on() -> None:
    text = "1. one\n2. two\n   1. in\n3. three\nit costs\n24. Then\n"
    assert [(figure.text, figure.line) for figure in figures(text)] == [("24", 6)]


def test_each_figure_of_a_line_is_found_with_unit_sign_and_places() -> None:
    found = figures("x\nFrom $24.00, +38 % (120 → 166), 10–12 weeks, 10x12cm at -5 °C\n")
    assert [(f.text, f.line, f.unit, f.sign, f.places) for f in found] == [
        ("$24.00", 2, "$", "", 2),
        ("+38 %", 2, "%", "+", 0),
        ("120", 2, None, "", 0),
        ("166", 2, None, "", 0),
        ("10", 2, None, "", 0),
        ("12 weeks", 2, "week", "", 0),
        ("10x", 2, None, "", 0),
        ("12cm", 2, "cm", "", 0),
        ("-5 °C", 2, "°c", "-", 0),
    ]


@pytest.mark.parametrize("text", ["3 in stock", "2026 may bring", "4 a day", "5 months"])
def test_a_preposition_is_no_inch(text: str) -> None:
    (figure,) = figures(text)
    assert figure.unit in (None, "month")


@given(st.integers(0, 10**12), st.sampled_from(["{:,}", "{}", "{}.00", "$ {}", "{} %", "about {}, or so"]))
def test_every_writing_of_a_number_has_its_value(number: int, form: str) -> None:
    assert values(form.format(number)) == [Decimal(number)]


@given(
    st.dates(date(1000, 1, 1)),
    st.sampled_from(["%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d %b %Y", "on %d.%m.%Y at noon"]),
)
def test_every_writing_of_a_date_is_that_date(day: date, form: str) -> None:
    (figure,) = figures(f"{day:{form}}")
    assert f"{day:%Y-%m-%d}" in figure.readings


@given(st.text(alphabet="0123456789.,'-+%$€ \n→:/()abQxkm°", max_size=80))
def test_any_text_is_read_and_every_figure_stands_where_it_says(text: str) -> None:
    lines = text.split("\n")
    for figure in figures(text):
        assert lines[figure.line - 1][figure.start : figure.end] == figure.text


@pytest.mark.parametrize("piece", ["9", "9,", "a9", "a-", "./", "a.", "1 ", "March ", "$", "1:", "é", "-",
                                   "200 ", "3<b>", "3<!--", "½ ",
                                   "9²", "> — a", "10^", "\u20e3"])  # fmt: skip
def test_a_hostile_line_is_read_without_trying_everything(piece: str) -> None:
    figures(piece * (200_000 // len(piece)) + "!")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("we sold mugs, in May 2026", ["May 2026"]),
        ("Maybe 7; of June, 3", ["7", "3"]),
        ("it costs USD 5 or USD, 6", ["USD 5", "6"]),
        ("Mars 4 and USDT 5", ["4", "5"]),
        ("some words a1b, words 12x5 words", ["a1b", "12x", "5"]),
        ("words https://a.de/9 see notes.md:3 there 8", ["8"]),
    ],
)
def test_plain_words_hide_no_figure_behind_them(text: str, written: list[str]) -> None:
    assert [figure.text for figure in figures(text)] == written


@pytest.mark.parametrize(
    "text", ["notes.md:3", "notes．md:3", "[notes&#46;md:3]", "a notes.md, line 3", "notes.md#L3", "notes.md lines 3-4"]
)
def test_citations_alone_are_those_that_stand_among_the_figures(text: str) -> None:
    whole = [cited for line in read(f"12 mugs\n{text} in 2026\n") for cited in line.citations]
    assert list(citations(f"12 mugs\n{text} in 2026\n")) == whole
    assert len(whole) == 1


@pytest.mark.parametrize("piece", ["a-", "ab-c ", "a.", "a_", "a:", "Jan-", "A", "a/", "- "])
def test_hostile_words_before_a_figure_are_read_without_trying_everything(piece: str) -> None:
    written = [figure.text for figure in figures(piece * (60_000 // len(piece)) + "! 9")]
    assert written == ["9"]
