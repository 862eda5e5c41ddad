"""The bench's arithmetic and its tables. No figure that it measures is judged here."""

import json
from pathlib import Path

import pytest
from bench_pairs import Spread, in_turn, ratio, spread
from bench_rows import Row, block, compared, document, lines
from hypothesis import given
from hypothesis import strategies as st

PAGE = Path(__file__).parents[2] / "docs" / "performance.md"
REACHED = Row("m", "memory", "MB", Spread(42.9, 42.9, 42.9), 100)
SHORT = compared("s", "a step", Spread(0.01, 0.01, 0.01), Spread(0.02, 0.02, 0.02), Spread(0.67, 0.6, 0.7), goal=0.5)
UNMEASURED = Row("d", "demo", "s", None, 90, note="there is no network")


def test_a_spread_is_median_and_quartiles() -> None:
    assert spread([4, 1, 3, 2, 5]) == Spread(3, 2, 4)
    assert spread([7]) == Spread(7, 7, 7)
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


@given(st.lists(st.tuples(st.floats(0.001, 1e3), st.floats(0.5, 2)), min_size=1, max_size=20))
def test_a_machine_that_slows_both_sides_alike_changes_no_ratio(rounds: list[tuple[float, float]]) -> None:
    ours, theirs = ([side * slowness for side, slowness in rounds] for _ in range(2))
    assert ratio([3 * each for each in ours], theirs).median == pytest.approx(3)


def test_the_sides_take_turns_and_the_order_turns_round() -> None:
    order: list[tuple[str, int]] = []

    def side(name: str, number: int) -> float:
        order.append((name, number))
        return float(number)

    found = in_turn({"a": lambda n: side("a", n), "b": lambda n: side("b", n)}, 2)
    assert order == [("b", 0), ("a", 0), ("a", 1), ("b", 1), ("b", 2), ("a", 2)]
    assert found == {"a": [1.0, 2.0], "b": [1.0, 2.0]}


def test_a_row_says_its_goal_and_by_how_much_it_falls_short() -> None:
    assert [(row.is_reached, row.verdict) for row in (REACHED, SHORT, UNMEASURED)] == [
        (True, "reached"),
        (False, "short by 0.17"),
        (None, "not measured"),
    ]
    assert list(lines(SHORT)) == [
        f"{'a step':<78} {'0.67':>9}  {'≤ 0.5':>8}  short by 0.17",
        "    10.0 ms ÷ 20.0 ms; 0.60 to 0.70",
    ]


def test_a_figure_at_its_goal_has_reached_it() -> None:
    assert Row("h", "imports", "", spread([0]), 0).is_reached


def test_a_row_is_a_json_document() -> None:
    assert json.loads(json.dumps(document(UNMEASURED))) == {
        "key": "d",
        "title": "demo",
        "unit": "s",
        "figure": None,
        "goal": 90,
        "ours": None,
        "theirs": None,
        "note": "there is no network",
        "is_reached": None,
    }


def test_the_block_of_the_docs_holds_machine_command_table_and_notes() -> None:
    assert block([REACHED, UNMEASURED], ["2 processor cores"], "python tests/bench").split("\n") == [
        "- 2 processor cores",
        "- made by `python tests/bench`",
        "",
        "| figure | measured | the sides, spread | goal | |",
        "|---|---|---|---|---|",
        "| memory | 42.9 MB | 42.9 to 42.9 | ≤ 100 MB | reached |",
        "| demo | – | – | ≤ 90 s | not measured |",
        "",
        "- demo: there is no network",
    ]


def test_the_page_has_a_place_for_the_figures() -> None:
    assert "<!-- generated: figures -->" in PAGE.read_text()
