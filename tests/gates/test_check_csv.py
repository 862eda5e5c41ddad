"""The check `csv`: verdict, message and line of each mistake in a table, and each limit from both sides."""

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

GOOD = 'sku,price,day,currency\nA1,24.90,2026-03-01,EUR\nA2,7,2024-02-29,USD\n"A3\nlong",,,\n'


def judged(use: object, text: str | bytes) -> list[str]:
    return said({"csv": use}, {"prices.csv": text})


@pytest.mark.parametrize(
    "use",
    [
        None,
        ["sku", "price"],
        {
            "types": {"price": "number", "day": "date", "sku": "text"},
            "required": ["sku"],
            "unique": ["sku", "price"],
            "values": {"currency": ["EUR", "USD"]},
            "patterns": {"currency": "[A-Z]{3}"},
            "min_rows": 3,
            "max_rows": 3,
            "no_others": True,
        },
    ],
)
def test_a_good_table_passes(use: object) -> None:
    assert judged(use, GOOD) == ["pass"]
    assert judged(use, GOOD.replace("\n", "\r\n")) == ["pass"]
    assert judged(use, b"\xef\xbb\xbf" + GOOD.rstrip("\n").encode()) == ["pass"]


@pytest.mark.parametrize(
    ("use", "text", "findings"),
    [
        (
            {},
            "",
            [
                "major columns prices.csv:1: the table is empty: it has no header"
                " -> write a line with the columns' names"
            ],
        ),
        (
            {"columns": ["sku", "prise"], "unique": ["gone"], "no_others": True},
            "sku,price,,sku\n",
            [
                "major columns prices.csv:1: the column 3 has no name -> name it, or take it out",
                "major columns prices.csv:1: the column 'sku' stands twice -> rename one of the two",
                "major columns prices.csv:1: the column 'prise' is missing -> 'price' is there: rename it",
                "major columns prices.csv:1: the column 'gone' is missing"
                " -> add it; there are: 'sku', 'price', '', 'sku'",
                "major others prices.csv:1: the column 'price' is not wanted -> take it out",
            ],
        ),
        (
            {},
            'a,b\n"x\ny",1\n1\n1,2,3\n',
            [
                "major width prices.csv:4: the row has 1 cell; the header has 2"
                " -> write an empty cell as nothing at all",
                "major width prices.csv:5: the row has 3 cells; the header has 2"
                " -> quote a cell that has the delimiter in it",
            ],
        ),
        (
            {"types": {"a": "integer"}, "required": ["b"], "values": {"c": ["EUR"]}, "patterns": {"d": "[a-z]+"}},
            "a,b,c,d\n1.5, ,EURO,x1\n",
            [
                "major types prices.csv:2: 'a' is to be a whole number, and is '1.5' -> write it like 24: no point, no "
                "thousands marks, no unit",
                "major empty prices.csv:2: 'b' is empty -> fill it in",
                "major values prices.csv:2: 'c' is 'EURO', which is none of those allowed -> did you mean \"EUR\"?",
                "major patterns prices.csv:2: 'd' is 'x1', which is not in the form wanted -> write it so that the "
                "pattern matches the whole cell",
            ],
        ),
        (
            {"unique": ["sku"]},
            'sku,n\nA,1\n"B\nx",2\nA,3\n',
            [
                "major unique prices.csv:5: 'sku' is 'A' once more, as in line 2"
                " -> change one of the two, or take a row out"
            ],
        ),
        (
            {},
            'a\n1\n"x\n2\n',
            [
                "critical form prices.csv:3: a quote is opened in this row and never closed"
                ' -> close it; a quote in a cell is ""'
            ],
        ),
        (
            {},
            'a,b\n"x"y,1\n',
            [
                "critical form prices.csv:2: text follows a closing quote in this row -> quote the whole cell; "
                'a quote in it is ""'
            ],
        ),
        (
            {},
            "a,b\nx\ry,1\n",
            ["critical form prices.csv:2: a carriage return stands alone in this row -> end lines with a line feed"],
        ),
    ],
)
def test_each_mistake_has_its_rule_and_its_line(use: object, text: str, findings: list[str]) -> None:
    assert judged(use, text) == ["fail", *findings]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            "number",
            ["0", "-1.5", "+2", ".5", "5.", "1e9", "1.5E-3"],
            ["1,5", "1 000", "x", "NaN", "1e", ".", "24 EUR", " 1"],
        ),
        ("integer", ["0", "-12", "+3"], ["1.0", "1e3", "x", "1_0"]),
        (
            "date",
            ["2024-02-29", "2000-02-29", "2026-12-31"],
            ["2026-02-29", "1900-02-29", "2026-13-01", "2026-1-1", "2026-00-01", "2026-04-31"],
        ),
        ("boolean", ["true", "FALSE"], ["yes", "1"]),
        ("text", ["x", "1"], []),
    ],
)
def test_a_cell_is_of_its_kind_or_not(kind: str, good: list[str], bad: list[str]) -> None:
    def table(cells: list[str]) -> str:
        return "a\n" + "".join(f'"{cell}"\n' for cell in cells)

    use = {"types": {"a": kind}}
    assert judged(use, table(good)) == ["pass"]
    assert len(judged(use, table(bad))) == 1 + len(bad)


@pytest.mark.parametrize(
    ("use", "rows", "message"),
    [
        ({"min_rows": 2}, 1, "the table has 1 row; at least 2 are wanted"),
        ({"min_rows": 2}, 2, None),
        ({"min_rows": 2}, 3, None),
        ({"max_rows": 2}, 1, None),
        ({"max_rows": 2}, 2, None),
        ({"max_rows": 2}, 3, "the table has 3 rows; at most 2 are wanted"),
        ({"max_rows": 0}, 0, None),
        ({"max_rows": 0}, 1, "the table has 1 row; at most 0 are wanted"),
    ],
)
def test_rows_are_counted_without_the_header(use: object, rows: int, message: str | None) -> None:
    found = judged(use, "a\n" + "x\n" * rows)
    assert found[0] == ("fail" if message else "pass")
    assert message is None or found[1].startswith(f"major rows prices.csv: {message} -> ")


@pytest.mark.parametrize("count", [19, 20, 21, 22])
def test_of_each_rule_twenty_are_told_and_the_others_counted(count: int) -> None:
    found = judged({"types": {"a": "number"}}, "a\n" + "x\n" * count)
    assert len(found) == 1 + min(count, 21)
    rest = {19: "'a' is to", 20: "'a' is to", 21: "1 more mistake of this kind", 22: "2 more mistakes of this kind"}
    assert rest[count] in found[-1]


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        (",", "a,b\n1,2\n"),
        (";", "a;b\n1;2,5\n"),
        ("|", "a|b\n1|2\n"),
        ("tab", "a\tb\n1\t2\n"),
        ("auto", 'a;b;"c,,,"\n1;2;3\n'),
        ("auto", "a\tb\n1\t2\n"),
        ("auto", "a,b\n1,2\n"),
    ],
)
def test_a_delimiter_is_said_or_found(delimiter: str, text: str) -> None:
    assert judged({"columns": ["a", "b"], "delimiter": delimiter}, text) == ["pass"]


def test_a_tsv_file_has_tabs_unless_another_is_said() -> None:
    for path in ("a.tsv", "A.TSV"):
        assert said({"csv": ["a", "b"]}, {path: "a\tb\n1,5\t2\n"}) == ["pass"]
        assert said({"csv": {"columns": ["a", "b"], "delimiter": ","}}, {path: "a,b\n1,2\n"}) == ["pass"]
    assert judged(["a", "b"], "a\tb\n1\t2\n")[0] == "fail"


def test_findings_stand_in_the_order_of_their_lines_and_those_of_none_last() -> None:
    found = judged({"unique": ["a"], "types": {"b": "integer"}, "min_rows": 4}, "a,b\n1,1\n1,2\n2,x\n")
    assert [each.split(": ")[0] for each in found[1:]] == [
        "major unique prices.csv:3",
        "major types prices.csv:4",
        "major rows prices.csv",
    ]


def test_the_comma_holds_where_nothing_is_said() -> None:
    assert judged({"columns": ["a"]}, "a;b\n1;2\n")[0] == "fail"


def test_rules_are_changed_and_put_off() -> None:
    assert judged({"rules": {"width": "off"}}, "a,b\n1\n") == ["pass"]
    assert judged({"severity": "minor"}, "a,b\n1\n")[0] == "pass"
    assert judged({"severity": "minor"}, "a,b\n1\n")[1].startswith("minor width ")


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"patterns": {"a": "("}}, "patterns.a: "),
        ({"patterns": {"a": "x*"}}, "patterns.a: the pattern 'x*' matches nothing at all"),
        ({"min_rows": 3, "max_rows": 2}, "min_rows 3 is more than max_rows 2: exchange the two"),
        ({"min_rows": -1}, "min_rows: "),
        ({"max_rows": -1}, "max_rows: "),
        ({"types": {"a": "float"}}, "types.a: "),
        ({"delimiter": "x"}, "delimiter: "),
        ({"rules": {"widht": "off"}}, "there is no rule 'widht'"),
        ({"colums": ["a"]}, "colums: unknown key"),
    ],
)
def test_wrong_settings_are_faults(settings: object, fault: str) -> None:
    found = faults(CheckUse(name="csv", settings=settings))
    assert len(found) == 1
    assert fault in found[0]


def test_equal_limits_of_rows_are_right() -> None:
    assert faults(CheckUse(name="csv", settings={"min_rows": 2, "max_rows": 2})) == ()
    assert faults(CheckUse(name="csv", settings={"min_rows": 0, "max_rows": 0})) == ()


def test_files_are_named_or_all_tables_of_the_step() -> None:
    files = {"a.csv": "a\n", "b.TSV": "a\n", "c.md": "x"}
    assert said({"csv": None}, material(files, ("a.csv", "b.TSV", "c.md"))) == ["pass"]
    assert said({"csv": None}, material(files, ("c.md",))) == [
        "fail",
        "critical the step wrote no .csv or .tsv file to judge -> write one, or name one with `file`",
    ]
    assert said({"csv": {"file": "gone.csv"}}, files)[1] == "critical gone.csv: the file is not there -> write it"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_file_passes_or_breaks_it(name: str) -> None:
    use = {"columns": ["sku"], "types": {"price": "number"}, "unique": ["sku"], "patterns": {"sku": "(a+)+b"}}
    found = judged(use, HOSTILE[name])
    assert found[0] == "fail"
    assert len(found) < 200


def test_cells_and_headers_without_end_are_findings() -> None:
    assert judged({}, "a\n" + "x" * 131_072 + "\n") == ["pass"]
    assert judged({}, "a\n" + "x" * 131_073 + "\n") == [
        "fail",
        "critical form prices.csv:2: a cell has more than 131,072 characters -> make it shorter, or close its quotes",
    ]
    assert judged({}, ",".join(f"c{n}" for n in range(10_000))) == ["pass"]
    assert judged({}, ",".join(f"c{n}" for n in range(10_001)))[1].startswith(
        "major columns prices.csv:1: the header has 10,001 columns; at most 10,000 are read"
    )
