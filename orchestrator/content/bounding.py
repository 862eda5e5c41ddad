"""The first few of many things, and how many more there are: nobody reads a thousand findings of one kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

FEW = 20

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Few(Generic[T]):
    """The first of many, at most so many as were asked for; and how many more there are."""

    first: tuple[T, ...]
    more: int


def few(items: Iterable[T], most: int = FEW) -> Few[T]:
    """Return the first items and the number of the others. Reads them all, and holds the first only."""
    first: list[T] = []
    more = 0
    for item in items:
        if len(first) < most:
            first.append(item)
        else:
            more += 1
    return Few(tuple(first), more)


def and_more(more: int) -> str:
    """Return the words for those that are not told one by one."""
    return f"{more} more {'place' if more == 1 else 'places'}"
