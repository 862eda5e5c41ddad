"""The known name that is nearest to a wrong one, for hints. Pure text."""

from collections.abc import Iterable

MOST_SHOWN = 40


def did_you_mean(wrong: str, known: Iterable[str], noun: str = "known") -> str | None:
    """Return a hint: the nearest of what is known, else all of it after `noun`; None where nothing is known."""
    names = list(known)
    if near := nearest(wrong, names):
        return f'did you mean "{near}"?'
    more = " …" if len(names) > MOST_SHOWN else ""
    return f"{noun}: {', '.join(names[:MOST_SHOWN])}{more}" if names else None


def nearest(wrong: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that is nearest to a wrong one, or None where none is near."""
    import difflib  # only a mistake needs it

    by_case = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(wrong[:100].casefold(), by_case, n=1, cutoff=cutoff)
    return by_case[found[0]] if found else None
