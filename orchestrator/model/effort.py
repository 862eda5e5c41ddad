"""How much a prompt's template may do: counted while it is done, in units, never timed. Pure.

A unit is a character. A line, an item of a list and an entry of a mapping weigh more, since each becomes an object.
"""

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView

MOST_EFFORT = 100_000_000
"""Units that one rendering may spend."""
MOST_ROUNDS = 200_000
"""Rounds of all its loops together."""
MOST_BITS = 1_000
"""Of a whole number: sums and products of small numbers grow without end."""
ITEM = 50
"""Units of an item and of a line."""

_COLLECTIONS = (list, tuple, range, KeysView, ValuesView, ItemsView)


class Effort:
    """What a rendering has left. Every method raises ValueError once nothing is."""

    def __init__(self, units: int = MOST_EFFORT) -> None:
        self._units = units
        self._rounds = MOST_ROUNDS

    def spend(self, units: int) -> None:
        """Take units off."""
        self._units -= units
        if self._units < 0:
            raise ValueError(f"more work than going through {MOST_EFFORT:,} characters")

    def rounds(self, values: Iterable[object], units: int) -> Iterator[object]:
        """Yield the values, each of them a round of a loop, and of so many units."""
        for value in values:
            self._rounds -= 1
            if self._rounds < 0:
                raise ValueError(f"more than {MOST_ROUNDS:,} rounds of its loops")
            self.spend(units)
            yield value

    def drawn(self, values: Iterable[object]) -> list[object]:
        """Return the values, each of them spent as an item before the next is made."""
        found: list[object] = []
        for value in values:
            self.spend(ITEM)
            found.append(value)
        return found

    def weigh(self, value: object) -> None:
        """Spend what it takes to go through a value once, to its last item; what stands in it twice counts twice."""
        waiting = [value]
        while waiting:
            waiting.extend(self._within(waiting.pop()))

    def _within(self, value: object) -> Iterable[object]:
        """Spend what a value weighs without what it holds, and return that."""
        if isinstance(value, str):
            self.spend(len(value) + ITEM * value.count("\n"))
        elif isinstance(value, int):
            _refuse_endless(value)
        elif isinstance(value, Mapping):
            self.spend(ITEM * len(value))
            return (*value.keys(), *value.values())
        elif isinstance(value, _COLLECTIONS):
            self.spend(ITEM * len(value))
            return () if isinstance(value, range) else value
        return ()


def _refuse_endless(number: int) -> None:
    if number.bit_length() > MOST_BITS:
        raise ValueError(f"a number of more than {MOST_BITS:,} bits")
