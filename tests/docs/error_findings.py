"""What checks find, for docs/errors.md: every message of a check with its suggestion, as the code has both.

A finding is no error of the program, so that no row is written for it: error_sites.py reads it, and the imports of the
modules say which check it belongs to. errors.yaml has words where the code suggests nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from error_sites import Module, Site

KINDS = frozenset({"Finding", "settings.finding", "_Breach", "Breach", "Mistake", "Fault", "TooLarge", "PageTooLarge"})
"""What says something of the text that is judged."""
ROOMS = ("gates.checks.", "gates.reading", "gates.reviewing", "content.")
"""Where that is so; elsewhere a Finding says that the program, or an agent, could not do its work."""
MOST_NAMED = 5
"""Checks in a heading. What more of them say is told as what any check says."""
NAMES: Mapping[str, str] = {
    "ErrorString": "reason",
    "called": "kind",
    "exc": "reason",
    "field_size_limit": "limit",
    "inner": "breach",
    "instance": "count",
    "int": "score",
    "lower": "label",
    "sieve": "column",
    "told": "value",
    "validator": "keyword",
    "validator_value": "value",
}
"""What a value is called on the page, where the code's name says nothing to others."""

_CHECKS = "orchestrator.gates.checks."
_VALUE = re.compile(r"\{([^{}]*)\}|\d[\d,]*")
_END = re.compile(r"(?<=\w)\{…\}")


@dataclass(frozen=True)
class Advice:
    """What to do about some messages; None where nobody says it. `is_said`: the code suggests it in these words."""

    words: str | None
    is_said: bool
    messages: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """What the same checks say."""

    checks: tuple[str, ...]
    sites: tuple[Site, ...]

    @property
    def title(self) -> str:
        """Return the heading, which leads to what the checks are."""
        if len(self.checks) > MOST_NAMED:
            return "Any check that reads files"
        return ", ".join(f"[{check}](checks.md#{check})" for check in self.checks)

    def advice(self, words: Mapping[str, str]) -> list[Advice]:
        """Return the messages by what to do. `words`: message → what the page says where the code says nothing."""
        known = {key(message): do for message, do in words.items()}
        found: dict[tuple[str | None, bool], list[str]] = {}
        for site in self.sites:
            said = _named(site.hint) if site.hint else known.get(key(site.message))
            found.setdefault((said, site.hint is not None), []).append(_named(site.message))
        return [Advice(said, is_said, tuple(_plural(messages))) for (said, is_said), messages in found.items()]


def is_finding(site: Site) -> bool:
    """Say whether a text is about what was judged."""
    return site.kind in KINDS and site.module.startswith(ROOMS)


def key(message: str) -> str:
    """Return what is the same in all forms of a message: it has neither values nor number."""
    return re.sub(r"(?<=\w\w)(?:s\b|\[s\])", "", re.sub(r"\bare\b", "is", _VALUE.sub("{}", _END.sub("[s]", message))))


def groups(modules: Mapping[str, Module], sites: Iterable[Site]) -> list[Group]:
    """Return the findings by the checks that say them: first those of any check, then by name."""
    users = Users(modules)
    found: dict[tuple[str, ...], list[Site]] = {}
    for site in sites:
        checks = users.of(f"orchestrator.{site.module}")
        found.setdefault(checks if len(checks) <= MOST_NAMED else users.all, []).append(site)
    return sorted((Group(checks, tuple(told)) for checks, told in found.items()), key=_place)


def faults(found: Iterable[Group], words: Mapping[str, str]) -> Iterator[str]:
    """Yield what nobody says what to do about, and the words that are about nothing."""
    known = {key(message): message for message in words}
    silent = {key(site.message): site for group in found for site in group.sites if site.hint is None}
    for each, site in silent.items():
        if each not in known:
            yield f"suggests nothing, and has no word under findings: {site.module}:{site.line}: {site.message}"
    for each, message in known.items():
        if each not in silent:
            yield f"no such finding, or it suggests something itself: {message}"


class Users:
    """Tells which checks a module works for."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules

    @property
    def all(self) -> tuple[str, ...]:
        """Return the checks, by name."""
        return tuple(self._reached)

    def of(self, name: str) -> tuple[str, ...]:
        """Return the checks whose modules import it, directly or through others; a check itself is its own alone."""
        if name.startswith(_CHECKS):
            return (name.removeprefix(_CHECKS),)
        return tuple(check for check, reached in self._reached.items() if name in reached)

    @cached_property
    def _reached(self) -> Mapping[str, set[str]]:
        checks = sorted(name for name in self._modules if name.startswith(_CHECKS))
        return {name.removeprefix(_CHECKS): self._from(name) for name in checks}

    def _from(self, name: str) -> set[str]:
        reached: set[str] = set()
        left = [name]
        while left:
            module = self._modules.get(left.pop())
            if module is not None and module.name not in reached:
                reached.add(module.name)
                left += [each for path, local in module.imports.values() for each in (path, f"{path}.{local}")]
        return reached


def _place(group: Group) -> tuple[bool, tuple[str, ...]]:
    return len(group.checks) <= MOST_NAMED, group.checks


def _named(text: str) -> str:
    """Return a text with the page's names for values; an end that may be missing stands in brackets, as elsewhere."""
    return _VALUE.sub(
        lambda found: f"{{{NAMES.get(found[1], found[1])}}}" if found[1] else found[0], _END.sub("[s]", text)
    )


def _plural(messages: list[str]) -> Iterator[str]:
    """Return the messages without those that are another's in the singular."""
    longest = {key(message): message for message in sorted(messages, key=len)}
    return (message for message in dict.fromkeys(messages) if longest[key(message)] == message)
