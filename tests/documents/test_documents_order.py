from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.model.nearness import did_you_mean, nearest
from orchestrator.model.order import before, cycle, sequence
from orchestrator.model.pipeline import Pipeline, Step


def pipeline(needs: dict[str, Sequence[str] | None]) -> Pipeline:
    steps = {
        name: Step(agent="a", writes=("x",), needs=None if said is None else tuple(said))
        for name, said in needs.items()
    }
    return Pipeline(version=1, steps=steps)


def test_a_step_stands_behind_the_one_above_it_unless_it_says_otherwise() -> None:
    found = before(pipeline({"a": None, "b": None, "c": ["a"], "d": None}))
    assert found == {"a": set(), "b": {"a"}, "c": {"a"}, "d": {"a", "c"}}


def test_the_sequence_follows_needs_and_else_the_file() -> None:
    assert sequence(pipeline({"a": ["c"], "b": [], "c": [], "d": None})) == ("b", "c", "a", "d")


def test_a_cycle_is_told_step_by_step() -> None:
    looped = pipeline({"z": ["c"], "a": ["c"], "b": ["a"], "c": ["b"]})
    assert cycle(looped) == ("c", "b", "a")
    assert "c" in before(looped)["c"]
    with pytest.raises(ValueError, match="wait for one another"):
        sequence(looped)


def test_a_step_that_needs_itself_is_a_cycle() -> None:
    assert cycle(pipeline({"a": ["a"]})) == ("a",)


def test_a_need_that_names_no_step_is_passed_over() -> None:
    odd = pipeline({"a": ["nope"]})
    assert (before(odd), sequence(odd), cycle(odd)) == ({"a": frozenset()}, ("a",), None)


NAMES = "abcdef"
NEEDS = st.fixed_dictionaries({name: st.none() | st.lists(st.sampled_from(NAMES), max_size=3) for name in NAMES})


@given(NEEDS)
def test_order_and_cycle_agree(needs: dict[str, Sequence[str] | None]) -> None:
    found = pipeline(needs)
    order, looped = before(found), cycle(found)
    assert (looped is not None) == any(name in order[name] for name in NAMES)
    if looped is None:
        placed = sequence(found)
        assert all(placed.index(earlier) < placed.index(name) for name in NAMES for earlier in order[name])
    else:
        assert all(after in found.needs(name) for name, after in zip(looped, [*looped[1:], looped[0]], strict=True))


def test_the_nearest_name_is_hinted_at_else_all_of_them() -> None:
    assert did_you_mean("wrtes", ["reads", "writes"]) == 'did you mean "writes"?'
    assert did_you_mean("xyz", ["reads", "writes"], "keys") == "keys: reads, writes"
    assert did_you_mean("xyz", []) is None
    assert nearest("WRITER", ["Writer"]) == "Writer"
