"""The first few of many."""

import pytest

from orchestrator.content.bounding import Few, and_more, few


@pytest.mark.parametrize(
    ("count", "first", "more"), [(0, (), 0), (1, (0,), 0), (2, (0, 1), 0), (3, (0, 1), 1), (9, (0, 1), 7)]
)
def test_the_first_are_kept_and_the_others_counted(count: int, first: tuple[int, ...], more: int) -> None:
    assert few(iter(range(count)), 2) == Few(first, more)


def test_twenty_are_a_few() -> None:
    assert few(range(30)) == Few(tuple(range(20)), 10)


def test_one_is_a_place_and_two_are_places() -> None:
    assert (and_more(1), and_more(2)) == ("1 more place", "2 more places")
