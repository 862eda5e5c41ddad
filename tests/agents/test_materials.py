"""The whole way, from research to recheck, over material that nobody made for it."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from agent_cases import fault, made, request
from agent_materials import APRON, BELL, BOOK, HERBS, JAM, LONG, MATERIALS, SOFTWARE, Files

from orchestrator.agents.builtin import Builtin
from orchestrator.agents.builtin.product_listing.lines import goes_on
from orchestrator.agents.interface import Answer
from orchestrator.content.drawing import contrasts, overflows
from orchestrator.content.grounding import ungrounded
from orchestrator.content.markdown import sections, split_front_matter
from orchestrator.content.markdown import words as words_of
from orchestrator.content.words import fold
from orchestrator.documents.models import parse
from orchestrator.model.action import Fault
from orchestrator.model.finding import Finding, ReviewFile, Severity


def told(files: Files, title: str) -> list[str]:
    text = made("research", files)["research.md"]
    return next(part.text for part in sections(text) if part.title == title).strip().split("\n")


def drafted(files: Files) -> Files:
    """The brief, its research, and the listing."""
    known: Files = {"brief.md": files["brief.md"], "research.md": made("research", files)["research.md"]}
    return {**known, **made("draft", known)}


def again(
    files: Files, *messages: str, line: int | None = None, attempt: int = 2, failed: str | None = None
) -> Answer | Fault:
    """The writer's next attempt, where the gate said this of the one before."""
    known = {path: files[path] for path in ("brief.md", "research.md")}
    said = str(failed if failed is not None else files["listing.md"])
    findings = tuple(Finding(severity=Severity.MAJOR, message=each, file="listing.md", line=line) for each in messages)
    asked = request("draft", known, findings=findings, failed={"listing.md": said.encode()})
    return Builtin().run(replace(asked, attempt=attempt))


def page(answer: Answer | Fault) -> str:
    assert isinstance(answer, Answer), answer
    return answer.files["listing.md"].decode()


def section(listing: Files, heading: str) -> str:
    return next(part.text for part in sections(str(listing["listing.md"])) if part.title == heading).strip()


@pytest.mark.parametrize("name", MATERIALS)
def test_real_material_ends_in_a_page_that_passes(name: str) -> None:
    files = drafted(MATERIALS[name])
    listing = str(files["listing.md"])
    assert (
        ungrounded(str(files["research.md"]), {p.removeprefix("sources/"): str(t) for p, t in MATERIALS[name].items()})
        == ()
    )
    assert len(words_of(str(files["research.md"]))) >= 150
    assert 120 <= len(words_of(listing)) <= 400
    assert ungrounded(listing, {path: str(files[path]) for path in ("brief.md", "research.md")}) == ()
    files |= made("design", {path: files[path] for path in ("brief.md", "listing.md")})
    files |= made("validate", {path: files[path] for path in files if not path.endswith(".png")})
    files |= made("polish", {path: files[path] for path in ("listing.md", "design.svg", "review.yaml")})
    drawing = str(files["design.svg"]).encode()
    assert overflows(drawing) == ()
    assert min(each.ratio for each in contrasts(drawing)) >= 4.5
    recheck = made("revalidate", {path: files[path] for path in files if not path.endswith((".png", ".yaml"))})
    found = parse(recheck["recheck.yaml"], "recheck.yaml", ReviewFile).findings
    assert [each.message for each in found if each.severity in (Severity.CRITICAL, Severity.MAJOR)] == []


@pytest.mark.parametrize("name", MATERIALS)
def test_the_body_does_not_begin_with_the_description(name: str) -> None:
    front = split_front_matter(str(drafted(MATERIALS[name])["listing.md"]))
    assert front.data
    assert fold(str(front.data["description"])) not in fold(front.body.split("\n##")[0])


@pytest.mark.parametrize("name", MATERIALS)
def test_no_line_of_a_note_is_listed_under_two_headings(name: str) -> None:
    research = made("research", MATERIALS[name])["research.md"]
    listed = ("Audience", "Questions", "Competitors", "Opportunity", "Notes")
    lines = [
        line for part in sections(research) if part.title in listed for line in part.text.split("\n") if "[" in line
    ]
    assert len(lines) == len(set(lines))


def test_notes_with_a_fact_a_line_are_sorted_line_by_line() -> None:
    assert told(BELL, "Questions") == [
        "- 14 visitors asked if the bell rings in the rain. It does. [workshop.txt:2]",
    ]
    assert told(BELL, "Competitors") == [
        "- The Pling bell at the next stand costs €18 and has a plastic lever. [workshop.txt:3]",
        "- Old Danish makers sold brass bells for €44 on the auction site last month. [workshop.txt:4]",
    ]
    assert told(BELL, "Audience") == [
        "- commuters, and people who restore old bicycles. [brief.md:20]",
        "- Most buyers were commuters; a third restore old bicycles. [workshop.txt:5]",
    ]
    assert told(BELL, "Prices") == ["- lowest €18 [workshop.txt:3], highest €44 [workshop.txt:4]"]
    assert told(BELL, "Quotations") == [
        "- “The old one was stolen with the bike, so now I own two of yours” — a man from Viby [workshop.txt:6]"
    ]


@pytest.mark.parametrize(
    ("line", "after", "is_note", "is_one"),
    [
        ("We turn it from", "solid brass.", False, True),
        ("It rings.", "The next stand sells one.", False, False),
        ("A line that the margin broke, so that it is long. It", "Goes on", False, False),
        ("A line that the margin broke, and that is as long as lines are. It", "Goes on", False, True),
        ("A line that is as long as lines are, and that ends a sentence too.", "Goes on", False, True),
        ("A line that is as long as lines are, and that ends a sentence too.", "Goes on", True, False),
    ],
)
def test_a_line_goes_on_where_the_margin_broke_it(line: str, after: str, is_note: bool, is_one: bool) -> None:
    assert goes_on(line, after, is_note=is_note) is is_one


def test_delivery_and_warranty_have_a_heading_of_their_own() -> None:
    listing = drafted(BELL)
    assert section(listing, "Delivery and warranty") == (
        "Delivery in 2 working days from our workshop, in a paper envelope.\n\n- Warranty: 5 years"
    )
    assert section(drafted(APRON), "Lieferung und Pflege") == (
        "Versand innerhalb von 3 Werktagen, in Papier verpackt.\n\nWaschen bei 40 °C, nicht im Trockner."
    )


def test_a_short_brief_is_filled_up_from_the_research() -> None:
    listing = drafted(BELL)
    assert section(listing, "Whom it is for") == "Most buyers were commuters; a third restore old bicycles."
    assert section(listing, "What buyers ask") == "14 visitors asked if the bell rings in the rain. It does."
    longer = page(again(listing, "the text has 134 words; at least 170 are wanted"))
    assert "Skarv bell rose from 31 in September 2025 to 77 in December 2025 (Antal)." in longer
    assert "- 12 October 2025: Bells are back. Riders return to brass." in longer


def test_who_spoke_is_told_and_never_guessed() -> None:
    assert told(BOOK, "Quotations") == [
        "- “It is the one that I lend out and get back.” — Mara (guide) [trade.md:11]",
        "- “If the walks have numbers I use them, if not I never find anything again.” — Ben [trade.md:13]",
        "- “The maps are drawn by somebody who has feet.” — Anna B. [reviews.csv:2]",
        "- “Bought a second copy for my father.” [reviews.csv:4]",
    ]
    assert "- Criticised: “The paper is thin and one page came loose on day 3.” — Jules [reviews.csv:3]" in told(
        BOOK, "Opportunity"
    )


def test_tables_in_notes_and_in_briefs_are_read_as_tables() -> None:
    assert told(BOOK, "Prices") == ["- lowest £14.90 [trade.md:6], highest £21.50 [trade.md:7]"]
    assert section(drafted(SOFTWARE), "Plans").endswith(
        "- Solo: price €12 per month, people up to 8\n- House: price €29 per month, people up to 25"
    )


def test_a_page_speaks_the_language_of_its_brief() -> None:
    listing = str(drafted(APRON)["listing.md"])
    assert 'description: "Für Menschen, die gern kochen, töpfern oder im Garten stehen."' in listing
    assert "> “Ich vergesse nach einer Stunde, dass ich sie anhabe” — eine Töpferin aus Bautzen" in listing
    assert [part.title for part in sections(listing)] == [
        "Was sie kann", "Lieferung und Pflege", "Für wen", "Was Kunden sagen", "Gefragt",
    ]  # fmt: skip
    assert "Schürze Werkstatt: von 14 im März 2026 auf 27 im Mai 2026." in listing


def test_what_a_price_is_for_stays_with_it() -> None:
    assert 'price: "€12 per month and location"' in str(drafted(SOFTWARE)["listing.md"])
    assert 'price: "$1,024.50"' in str(drafted(HERBS)["listing.md"])
    assert 'price: "6 euros"' in page(again(drafted({"brief.md": "# Soap\n\nIt costs 6 euros and smells.\n"})))


def test_a_word_of_praise_that_is_none_is_left_alone() -> None:
    files = drafted(JAM)
    files |= made("design", {path: files[path] for path in ("brief.md", "listing.md")})
    review = made("validate", {path: files[path] for path in files if not path.endswith(".png")})["review.yaml"]
    assert "- Best before: 18 months from filling" in str(files["listing.md"])
    assert "promises more" not in review


def test_two_thousand_rows_with_dates_in_two_forms_are_one_series() -> None:
    assert any(line.startswith("- Fig jam: ") and "2025-01 to 2026-06" in line for line in told(JAM, "Trends"))


def test_months_of_which_the_table_has_a_part_are_not_compared() -> None:
    days = [f"2026-{month:02}-{day:02},Mug,5" for month in (1, 2, 3) for day in (2, 9, 15, 27)]
    files: Files = {
        "brief.md": BELL["brief.md"],
        "sources/s.csv": "\n".join(["date,item,units", *days, "2026-04-01,Mug,1"]),
    }
    assert told(files, "Trends")[-1] == "- Mug: 0 % (20 → 20) in units, 2026-01 to 2026-03 [s.csv:10]"


@pytest.mark.parametrize(
    ("rows", "trend"),
    [
        ("1/5/2026,100\n1/28/2026,110", "+10 % (100 → 110), 2026-01-05 to 2026-01-28"),
        ("5/1/2026,100\n28/1/2026,110", "+10 % (100 → 110), 2026-01-05 to 2026-01-28"),
    ],
)
def test_dates_with_slashes_are_read_where_one_of_them_tells_the_order(rows: str, trend: str) -> None:
    files: Files = {"brief.md": BELL["brief.md"], "sources/s.csv": f"date,visits\n{rows}\n"}
    assert told(files, "Trends") == [f"- visits: {trend} [s.csv:3]"]


# --- rework ----------------------------------------------------------------------------------------------------------


def test_too_many_words_are_made_fewer_from_the_end() -> None:
    files = drafted(LONG)
    shorter = page(again(files, "the text has 300 words; at most 130 are wanted"))
    assert len(words_of(shorter)) <= 130
    assert "A trunk for people who move house by ship." in shorter


@pytest.mark.parametrize("word", ["busy", "spring", "envelope"])
def test_the_sentence_with_a_banned_word_is_left_out_and_no_other(word: str) -> None:
    files = drafted(BELL)
    listing = str(files["listing.md"])
    line = next(number for number, text in enumerate(listing.split("\n"), start=1) if word in text)
    after = page(again(files, f"'{word}' must not stand here", line=line))
    assert word not in after
    assert "A bell for people who ride to work every day." in after
    assert "Fits handlebars of 22.2 mm and 31.8 mm." in after


def test_a_sentence_that_was_left_out_does_not_come_back_in_the_third_attempt() -> None:
    files = drafted(BELL)
    lines = str(files["listing.md"]).split("\n")
    second = page(again(files, "'envelope' must not stand here", line=1 + next(
        place for place, text in enumerate(lines) if "envelope" in text)))  # fmt: skip
    third = page(again(files, "the text has 110 words; at least 120 are wanted", attempt=3, failed=second))
    assert "envelope" not in third
    assert len(words_of(third)) >= 120


def test_a_key_that_the_gate_wants_is_taken_from_the_brief_or_asked_for() -> None:
    files = drafted(BELL)
    assert 'material: "brass CW614N"\n' in page(again(files, "'material' is missing from the front matter"))
    answer = again(files, "'sku' is missing from the front matter")
    assert isinstance(answer, Fault)
    assert answer.message == (
        "brief.md: the gate wants 'sku' in the listing, and the brief does not say it: "
        "add a line 'sku: …' with `orchestrator edit candle brief.md`"
    )


def test_a_title_that_the_gate_finds_too_long_is_cut_where_a_phrase_ends() -> None:
    after = page(again(drafted(LONG), "'title' has 82 characters; at most 40 are wanted"))
    assert 'title: "Oak travelling trunk No. 4"' in after


def test_where_there_is_not_enough_to_say_the_person_is_led_to_the_brief() -> None:
    files = drafted({"brief.md": "Rosewood spinning top\nCosts 9 euros.\nTurned by hand, spins for 3 minutes.\n"})
    said = (
        "brief.md: the brief and the research have material for 10 words, and the gate wants 120: say more of what the "
        "product is, is made of and is for, and how it is delivered: `orchestrator edit candle brief.md`"
    )
    second = again(files, "the text has 10 words; at least 120 are wanted")
    assert isinstance(second, Fault)
    assert second.message == said
    third = again(files, said, attempt=3)
    assert isinstance(third, Fault)
    assert third.message == said


# --- signs and letters that the typeface lacks -----------------------------------------------------------------------


def reviewed(title: str) -> tuple[Mapping[str, str], tuple[str, ...]]:
    brief = str(BELL["brief.md"]).replace("Skarv bicycle bell", title)
    files: Files = {**drafted({**BELL, "brief.md": brief})}
    drawn = made("design", {path: files[path] for path in ("brief.md", "listing.md")})
    seen = {path: text for path, text in {**files, **drawn}.items() if not path.endswith(".png")}
    found = parse(made("validate", seen)["review.yaml"], "review.yaml", ReviewFile).findings
    return drawn, tuple(each.message for each in found if each.severity is Severity.MAJOR)


def test_emoji_are_kept_in_the_listing_and_left_out_of_the_drawing() -> None:
    drawn, found = reviewed("🔔 Skarv bell")
    assert "🔔" not in drawn["design.svg"]
    assert found == ()


def test_letters_that_the_typeface_lacks_are_a_finding() -> None:
    _, found = reviewed("青磁 bell")
    assert found[0].startswith("the typeface Inter lacks “青磁” of “青磁 bell")


def test_material_without_a_price_says_what_to_add() -> None:
    files: Files = {"brief.md": "# Wedge\n\nIt holds doors.\n"}
    files["research.md"] = made("research", files)["research.md"]
    assert fault("draft", files).endswith("add a line 'price: …' with `orchestrator edit candle brief.md`")
