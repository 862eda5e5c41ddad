"""Path patterns, as `reads`, `writes` and `files` use them (DESIGN §14). Pure text: no file system is asked.

A pattern is a path (`brief.md`), a whole folder (`sources/`), or a glob as in git's pathspec `:(glob)`: `?` and `*`
stay within one part of a path, `**` as a whole part stands for any number of parts. Brackets mean themselves. A leading
`/` is the workspace's root: such a pattern matches only such paths. The matcher never goes back further than its last
star, so no pattern and no path can make it slow.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

_WILD = frozenset("*?")


@lru_cache(maxsize=8192)
def matches(pattern: str, path: str) -> bool:
    """Say whether `pattern` names `path`: a whole path, never a part of one."""
    if pattern.startswith("/") != path.startswith("/"):
        return False
    if _WILD.isdisjoint(pattern):
        return path.startswith(pattern) and path != pattern if pattern.endswith("/") else path == pattern
    return _parts_match(_split(pattern), path.split("/"))


def matches_any(patterns: Iterable[str], path: str) -> bool:
    """Say whether one of the patterns names `path`."""
    for pattern in patterns:  # noqa: SIM110  asked so often that a generator is felt
        if matches(pattern, path):
            return True
    return False


def is_literal(pattern: str) -> bool:
    """Say whether a pattern can only name one path: no glob and no folder."""
    return _WILD.isdisjoint(pattern) and not pattern.endswith("/")


@lru_cache(maxsize=4096)
def _split(pattern: str) -> tuple[str, ...]:
    """The pattern's parts; a last `**` is followed by one part more, so that a folder is not in itself."""
    whole = pattern + "**" if pattern.endswith("/") else pattern
    parts = whole.split("/")
    return (*parts, "*") if parts[-1] == "**" else tuple(parts)


def _parts_match(wanted: Sequence[str], parts: Sequence[str]) -> bool:
    at, part, star, resume = 0, 0, -1, 0
    while part < len(parts):
        if at < len(wanted) and wanted[at] == "**":
            star, resume, at = at, part, at + 1
        elif at < len(wanted) and _part_matches(wanted[at], parts[part]):
            at, part = at + 1, part + 1
        elif star >= 0:
            at, part, resume = star + 1, resume + 1, resume + 1
        else:
            return False
    return all(rest == "**" for rest in wanted[at:])


def _part_matches(wanted: str, part: str) -> bool:
    if _WILD.isdisjoint(wanted):
        return wanted == part
    at, place, star, resume = 0, 0, -1, 0
    while place < len(part):
        if at < len(wanted) and wanted[at] == "*":
            star, resume, at = at, place, at + 1
        elif at < len(wanted) and wanted[at] in ("?", part[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            at, place, resume = star + 1, resume + 1, resume + 1
        else:
            return False
    return set(wanted[at:]) <= {"*"}
