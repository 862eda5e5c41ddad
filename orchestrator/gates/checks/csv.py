"""The check `csv`: a table has certain columns and rows, and cells of certain kinds."""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from orchestrator.content import tables
from orchestrator.content.mistakes import capped
from orchestrator.content.regexes import compiled
from orchestrator.gates.expressions import Expression
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.ordering import by_line
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

ENDINGS = (".csv", ".tsv")


class Csv(RuleSettings):
    """Settings of `csv`."""

    RULES: ClassVar[Mapping[str, Rule]] = {
        "form": Rule("quotes are closed, and cells are no longer than a program reads", Level.CRITICAL),
        "columns": Rule("the header has each column that the settings name, with a name of its own"),
        "others": Rule("with `no_others` the header has no column but those"),
        "width": Rule("each row has as many cells as the header"),
        "rows": Rule("there are as many rows as `min_rows` and `max_rows` want"),
        "empty": Rule("no cell of a column in `required` is empty"),
        "types": Rule("cells are of their column's kind"),
        "values": Rule("cells hold one of their column's values"),
        "patterns": Rule("cells match their column's pattern"),
        "unique": Rule("no cell of a column in `unique` is there twice"),
    }
    bare: ClassVar[str | None] = "columns"
    example: ClassVar[str] = "csv: {file: prices.csv, columns: [sku, price], types: {price: number}, unique: [sku]}"

    columns: tuple[str, ...] = Field(
        default=(), description="columns that must be there, in any order, as any other that these settings name"
    )
    types: Mapping[str, tables.Kind] = Field(
        default_factory=dict,
        description="column → text, number (24.90), integer, date (2026-03-01) or boolean (true, false); empty cells "
        "are of any kind",
    )
    required: tuple[str, ...] = Field(default=(), description="columns in which no cell is empty")
    unique: tuple[str, ...] = Field(default=(), description="columns in which no cell is there twice, but empty ones")
    values: Mapping[str, tuple[str, ...]] = Field(default_factory=dict, description="column → what its cells may hold")
    patterns: Mapping[str, Expression] = Field(
        default_factory=dict, description="column → a regular expression (RE2) that its whole cells match"
    )
    min_rows: int | None = Field(default=None, ge=0, description="the fewest rows, without the header")
    max_rows: int | None = Field(default=None, ge=0, description="the most rows, without the header")
    no_others: bool = Field(default=False, description="no column but those that these settings name")
    delimiter: Literal[",", ";", "|", "tab", "auto"] | None = Field(
        default=None,
        description="what stands between cells; `auto`: what stands most often in the header; left out: the comma, "
        "in a .tsv file the tab",
    )
    file: FilePath | None = file_field("CSV file")

    @model_validator(mode="after")
    def _some_rows(self) -> "Csv":
        if self.min_rows is not None and self.max_rows is not None and self.min_rows > self.max_rows:
            raise ValueError(f"min_rows {self.min_rows} is more than max_rows {self.max_rows}: exchange the two")
        return self


def _run(material: Material, settings: Csv) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file, ENDINGS)
    yield from faults
    wanted = _wanted(settings)
    for text in texts:
        found = capped(tables.mistakes(text.text, wanted, _delimiter(text, settings)))
        yield from by_line(
            settings.finding(each.rule, each.message, text.path, each.line, each.suggestion) for each in found
        )


def _delimiter(text: Text, settings: Csv) -> str:
    if settings.delimiter == "auto":
        return tables.likely_delimiter(text.text)
    return tables.DELIMITERS[settings.delimiter or ("tab" if text.path.casefold().endswith(".tsv") else ",")]


def _wanted(settings: Csv) -> tables.Wanted:
    return tables.Wanted(
        columns=settings.columns,
        types=settings.types,
        required=settings.required,
        unique=settings.unique,
        values=settings.values,
        patterns={column: compiled(pattern) for column, pattern in settings.patterns.items()},
        fewest_rows=settings.min_rows,
        most_rows=settings.max_rows,
        has_no_others=settings.no_others,
    )


CHECK = Check("csv", "A table has certain columns and rows, and cells of certain kinds.", Csv, _run)
