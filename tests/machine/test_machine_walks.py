"""Random walks, shrunk by hypothesis; `python tests/machine/walks.py` walks as far as one likes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from machine_shapes import SHAPES, STOCK, Shape
from walks import RULES, drawn, walk

NUMBERS = st.integers(min_value=0, max_value=9_999)
STEPS = st.lists(st.tuples(st.integers(min_value=0, max_value=len(RULES) - 1), NUMBERS, NUMBERS), max_size=30)
CALM = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@settings(CALM, max_examples=25)
@given(steps=STEPS)
def test_every_walk_comes_to_rest_and_breaks_no_promise(shape: Shape, steps: list[tuple[int, int, int]]) -> None:
    assert walk(shape, steps) == []


@settings(CALM, max_examples=40)
@given(steps=STEPS)
def test_the_stock_job_breaks_no_promise(steps: list[tuple[int, int, int]]) -> None:
    assert walk(STOCK, steps) == []


@pytest.mark.parametrize("first", range(0, 300, 25))
def test_walks_of_30_steps_break_no_promise(first: int) -> None:
    for seed in range(first, first + 25):
        assert (seed, walk(*drawn(seed))) == (seed, [])
