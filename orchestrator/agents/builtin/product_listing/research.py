"""The researcher: what the brief and the sources say, sorted, each line with the place that it comes from.

It computes nothing but growth and sums, and prints the calculation. It draws no conclusion that no line bears out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from orchestrator.agents.builtin.product_listing.brief import Brief, read_brief
from orchestrator.agents.builtin.product_listing.feeds import Entry, entries_of, is_feed
from orchestrator.agents.builtin.product_listing.keywords import keywords
from orchestrator.agents.builtin.product_listing.money import CURRENCIES, Amount, amounts, middle
from orchestrator.agents.builtin.product_listing.notes import (
    AUDIENCE,
    COMPETITORS,
    NO_NOTES,
    OPPORTUNITY,
    QUESTIONS,
    REST,
    Note,
    by_subject,
    notes_of,
    tables_in,
)
from orchestrator.agents.builtin.product_listing.phrases import handed_on
from orchestrator.agents.builtin.product_listing.proof import borne_out
from orchestrator.agents.builtin.product_listing.quoted import Said, said_in_table, said_in_text
from orchestrator.agents.builtin.product_listing.reading import brief_of, sources_of
from orchestrator.agents.builtin.product_listing.tables import Point, Row, Series, Table, read_table, series_of
from orchestrator.agents.builtin.reading import Skipped, Source, as_files, only_one
from orchestrator.agents.interface import Request

MOST_A_SECTION = 12

_UNMATCHED = "- What the sources say on this could not be matched to them, line by line."
_TABLES = frozenset({"csv", "tsv"})
_RIVAL_COLUMN = re.compile(r"\b(competitor|rival|shop|seller|maker|brand|store|vendor)\b", re.IGNORECASE)
_PRICE_COLUMN = re.compile(r"\bprice\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Material:
    """All that was read, taken apart."""

    brief: Brief
    brief_source: Source
    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[Note, ...]
    subjects: Mapping[str, tuple[Note, ...]]
    tables: tuple[Table, ...]
    series: tuple[Series, ...]
    entries: tuple[tuple[Source, Entry], ...]
    prices: tuple[Amount, ...]
    said: tuple[Said, ...]


def research(request: Request) -> Mapping[str, bytes]:
    """Return the research as one Markdown file. Raises CannotWork for an empty brief and for sources beyond bounds."""
    material = _gather(request)
    sections = [
        ("Product", _product(material)),
        ("Audience", _audience(material)),
        ("Questions", _questions(material)),
        ("Competitors", _competitors(material)),
        ("Prices", _prices(material)),
        ("Trends", _trends(material)),
        ("News", _news(material)),
        ("Keywords", _keywords(material)),
        ("Quotations", _quotations(material)),
        ("Opportunity", _opportunity(material)),
        ("Notes", _rest(material)),
        ("Sources", _sources(material)),
    ]
    told = {source.name: source.text for source in (material.brief_source, *material.sources)}
    body = "\n\n".join(f"## {title}\n\n" + "\n".join(lines) for title, lines in sections)
    proved = borne_out(f"{_head(material)}\n\n{body}\n", told)
    return as_files({only_one(request, ".md"): _filled(proved)})


def _filled(page: str) -> str:
    """A section whose every line was left out says so: those lines could not be found again in the sources."""
    return re.sub(r"(?m)^(## .+)\n+(?=## |\Z)", rf"\1\n\n{_UNMATCHED}\n\n", page).rstrip("\n") + "\n"


def _gather(request: Request) -> _Material:
    brief_source = brief_of(request)
    read = sources_of(request)
    sources = tuple(source for source in read if isinstance(source, Source))
    texts = tuple(source for source in sources if source.kind not in NO_NOTES)
    filed = (table for source in sources if source.kind in _TABLES and (table := read_table(source)))
    tables = (*filed, *(table for source in texts for table in tables_in(source)))
    notes = tuple(note for source in texts for note in notes_of(source))
    subjects = by_subject(notes)
    return _Material(
        brief=read_brief(brief_source),
        brief_source=brief_source,
        sources=sources,
        skipped=tuple(source for source in read if isinstance(source, Skipped)),
        notes=notes,
        subjects=subjects,
        tables=tables,
        series=tuple(series for table in tables for series in series_of(table)),
        entries=tuple(entries_of(sources)),
        prices=tuple(_all_prices(subjects, notes, tables)),
        said=(
            *(said for source in texts for said in said_in_text(source)),
            *(said for table in tables for said in said_in_table(table)),
        ),
    )


def _all_prices(
    subjects: Mapping[str, Sequence[Note]], notes: Iterable[Note], tables: Iterable[Table]
) -> Iterator[Amount]:
    """Of the notes, those on competitors alone where there are any: other amounts are seldom prices."""
    on_rivals = [note for note in subjects.get(COMPETITORS, ()) if any(amounts(note.text, "", 1))]
    for note in on_rivals or (note for note in notes if not note.is_ours):
        yield from amounts(note.text, note.source.name, note.line)
    for table in tables:
        for place, name in enumerate(table.header):
            if _PRICE_COLUMN.search(name.replace("_", " ")):
                currency = next((word for word in re.split(r"[\s_()/-]+", name.upper()) if word in CURRENCIES), None)
                for line, cell in table.column(place):
                    found = amounts(cell, table.source.name, line, is_price=True)
                    yield from (replace(amount, currency=amount.currency or currency) for amount in found)


# --- sections --------------------------------------------------------------------------------------------------------


def _head(material: _Material) -> str:
    return (
        f"# Research: {material.brief.title.text}\n\n"
        "What the brief and the sources say, sorted and not embellished. Each line ends with the place that it\n"
        "comes from; a computed figure stands before its calculation. Where the sources are silent, this page says so."
    )


def _product(material: _Material) -> list[str]:
    brief, at = material.brief, material.brief_source.at
    price = [f"- Price: {brief.price.text} {brief.price.at}"] if brief.price else ["- The brief states no price."]
    facts = [f"- {name}: {handed_on(line.text)} {at(line.number)}" for name, line in brief.facts.items()]
    spoken = [f"- {handed_on(line.text)} {at(line.number)}" for line in brief.spoken]
    return [*price, *facts[:MOST_A_SECTION], *spoken[:MOST_A_SECTION]]


def _audience(material: _Material) -> list[str]:
    brief, at = material.brief, material.brief_source.at
    said = [f"- {handed_on(line.text)} {at(line.number)}" for line in brief.audience]
    noted = _listed(material, AUDIENCE)
    return _several([*said, *noted], "- Neither the brief nor the sources say whom the product is for.")


def _questions(material: _Material) -> list[str]:
    return _several(_listed(material, QUESTIONS), "- The sources tell no question that buyers ask.")


def _rest(material: _Material) -> list[str]:
    """What the notes say of nothing that has a section, without the lines whose words are quoted above."""
    return _several(_listed(material, REST), "- The sources say nothing besides.")


def _listed(material: _Material, subject: str) -> list[str]:
    quoted = {said.at for said in material.said}
    notes = material.subjects.get(subject, ())
    return [note.cited for note in notes if note.source.at(note.line) not in quoted]


def _competitors(material: _Material) -> list[str]:
    noted = _listed(material, COMPETITORS)
    listed = [_row_told(table, row) for table in material.tables if _names_rivals(table) for row in table.rows]
    return _several([*noted, *listed], "- The sources name no competitor.")


def _prices(material: _Material) -> list[str]:
    groups: dict[str | None, list[Amount]] = {}
    for amount in material.prices:
        groups.setdefault(amount.currency, []).append(amount)
    lines = [_spread(group) for group in groups.values()]
    return _several(lines, "- The sources state no price.")


def _spread(group: Sequence[Amount]) -> str:
    least, most = (pick(group, key=lambda amount: amount.value) for pick in (min, max))
    centre = middle(group)
    if least.value == most.value:
        return f"- One price is named: {least.text} {least.at}"
    if len(group) == 2:
        return f"- lowest {least.text} {least.at}, highest {most.text} {most.at}"
    name = "median" if len(group) % 2 else "median (the lower of the two in the middle)"
    return f"- lowest {least.text} {least.at}, {name} {centre.text} {centre.at}, highest {most.text} {most.at}"


def _trends(material: _Material) -> list[str]:
    lines = [line for series in _by_growth(material.series) for line in _trend(series)]
    return _several(
        lines, "- The sources hold no table with dates, so no trend can be stated.", most=3 * MOST_A_SECTION
    )


def _trend(series: Series) -> list[str]:
    """The sums first, where the points are sums, then the change between them."""
    first, last = series.points[0], series.points[-1]
    if not series.can_be_shown:
        return [f"- {series.name}: too many rows a month to show a sum; {_range(series)}"]
    sums = [
        f"- {series.name}, {_month_sum(point)} {series.source.at(point.line)}"
        for point in (first, last)
        if point.is_sum
    ]
    return [*sums, f"- {_change(series)} {series.source.at(last.line)}"]


def _range(series: Series) -> str:
    least, most = series.extremes
    at = series.source.at
    measure = f" in {series.measure}" if series.measure not in ("", series.name) else ""
    return f"single rows run from {least.text} {at(least.line)} to {most.text}{measure} {at(most.line)}"


def _month_sum(point: Point) -> str:
    return f"{point.shown}: {_plain(point.value)} ({' + '.join(point.parts)})"


def _change(series: Series) -> str:
    """As `ceramic mug: +38 % (120 → 166) in searches, 2026-01 to 2026-06`."""
    first, last = series.points[0], series.points[-1]
    before, after = (_plain(point.value) if point.is_sum else point.parts[0] for point in (first, last))
    measure = f" in {series.measure}" if series.measure not in ("", series.name) else ""
    span = f"{measure}, {first.shown} to {last.shown}"
    if series.growth is None:
        return f"{series.name}: from {before} to {after}{span}"
    sign = "+" if series.growth > 0 else "−" if series.growth < 0 else ""
    return f"{series.name}: {sign}{abs(series.growth)} % ({before} → {after}){span}"


def _news(material: _Material) -> list[str]:
    newest = sorted(material.entries, key=lambda pair: pair[1].date or "", reverse=True)
    lines = [_entry_told(source, entry) for source, entry in newest]
    return _several(lines, "- The sources hold no feed.")


def _entry_told(source: Source, entry: Entry) -> str:
    dated = f"{entry.date}: " if entry.date else ""
    told = f" — {entry.told}" if entry.told else ""
    return f"- {dated}{handed_on(entry.title + told)} {source.at(entry.line)}"


def _keywords(material: _Material) -> list[str]:
    texts = [note.text for note in material.notes] + [entry.title for _, entry in material.entries]
    brief = [line.text for line in material.brief.spoken]
    rising = [series.name.lower() for series in _by_growth(material.series) if _is_rising_search(series)]
    found = [name for name in keywords([*texts, *brief], title=material.brief.title.text) if name not in rising]
    sought = [f"- {name} (searched for more and more) {_place_of(material, name)}" for name in rising[:MOST_A_SECTION]]
    return _several([*sought, *(f"- {name} {_place_of(material, name)}" for name in found)], "- No word stands out.")


def _quotations(material: _Material) -> list[str]:
    praise = [f"- {said.told} {said.at}" for said in material.said if not said.is_blame]
    return _several(praise, "- The sources quote nobody.")


def _opportunity(material: _Material) -> list[str]:
    rising = [series for series in _by_growth(material.series) if (series.growth or 0) > 0 and series.can_be_shown]
    grown = [f"- On the rise: {_change(series)} {series.source.at(series.points[-1].line)}" for series in rising[:3]]
    blamed = [f"- Criticised: {said.told} {said.at}" for said in material.said if said.is_blame]
    found = [*grown, *_standing(material), *_listed(material, OPPORTUNITY), *blamed[:3]]
    return _several(
        found, "- Nothing in the sources grows, is asked for or is missing: they show no opening by themselves."
    )


def _standing(material: _Material) -> list[str]:
    """Where the brief's price stands among those of the sources in the same currency."""
    own = material.brief.price
    others = [amount for amount in material.prices if own and amount.currency == own.currency]
    if own is None or not others:
        return []
    least, most = (pick(others, key=lambda amount: amount.value) for pick in (min, max))
    if own.value < least.value:
        return [f"- The brief's price, {own.text} {own.at}, lies below all others, the lowest {least.text} {least.at}"]
    if own.value > most.value:
        return [f"- The brief's price, {own.text} {own.at}, lies above all others, the highest {most.text} {most.at}"]
    return [f"- The brief's price, {own.text} {own.at}, lies between {least.text} {least.at} and {most.text} {most.at}"]


def _sources(material: _Material) -> list[str]:
    tables = {table.source.name: table for table in material.tables}
    read = [
        f"- {_source_told(source, tables.get(source.name))}" for source in (material.brief_source, *material.sources)
    ]
    left_out = [f"- {skipped.name}: {skipped.reason}." for skipped in material.skipped]
    none = (
        []
        if material.sources
        else ["- There are no sources besides the brief, so all of the above is the brief's word."]
    )
    return [*read, *left_out, *none]


def _source_told(source: Source, table: Table | None) -> str:
    remarks = "".join(f"; {remark}" for remark in (source.remark, table.remark if table else None) if remark)
    if table:
        columns = f"with the columns {', '.join(table.header)}" if table.has_header else "without a header"
        return (
            f"{source.name}: a table {handed_on(columns)}{remarks} {source.at(table.rows[0].line if table.rows else 1)}"
        )
    kind = "a feed" if is_feed(source) else "the brief" if source.name == "brief.md" else "notes"
    if source.kind in NO_NOTES and not is_feed(source):
        return f"{source.name}: a file of a kind that this agent does not read {source.at(1)}"
    return f"{source.name}: {kind}{remarks} {source.at(1)}"


# --- choosing lines --------------------------------------------------------------------------------------------------


def _by_growth(series: Iterable[Series]) -> list[Series]:
    return sorted(series, key=lambda one: (-(one.growth if one.growth is not None else -1_000), one.name))


def _is_rising_search(series: Series) -> bool:
    is_search = re.search(
        r"search|volume|quer|interest|impression", f"{series.measure} {series.source.name}", re.IGNORECASE
    )
    return bool(is_search) and (series.growth or 0) > 0 and series.name != series.measure


def _names_rivals(table: Table) -> bool:
    return any(_RIVAL_COLUMN.search(name.replace("_", " ")) for name in table.header)


def _row_told(table: Table, row: Row) -> str:
    cells = zip(table.header, row.cells, strict=False)
    told = ", ".join(f"{name.replace('_', ' ')} {cell}" for name, cell in cells if cell)
    return f"- {handed_on(told)} {table.source.at(row.line)}"


def _place_of(material: _Material, name: str) -> str:
    """The first place where a keyword's words stand, in the sources before the brief."""
    wanted = name.split()
    for source in (*material.sources, material.brief_source):
        for number, line in source.lines():
            if all(word in line.lower() for word in wanted):
                return source.at(number)
    return material.brief_source.at(material.brief.title.number)


def _several(lines: Sequence[str], otherwise: str, *, most: int = MOST_A_SECTION) -> list[str]:
    return list(dict.fromkeys(lines))[:most] or [otherwise]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
