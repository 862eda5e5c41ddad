"""What checks find, for docs/errors.md: every message of a check with its suggestion, as the code has both.

A finding is no error of the program, so that no row is written for it: error_sites.py reads it, and the modules' imports
say which check it belongs to. errors.yaml has words where the code suggests nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from error_sites import Module, Reader, Site

KINDS = frozenset({"Finding", "settings.finding", "_Breach", "Breach", "Mistake", "Fault", "TooLarge", "PageTooLarge"})
"""What says something of the text that is judged."""
ROOMS = ("gates.checks.", "gates.reading", "gates.reviewing", "content.")
"""Where that is so; elsewhere a Finding says that the program, or an agent, could not do its work."""
SHARED = 5
"""More checks than so many have no heading with all of their names."""

_CHECKS = "orchestrator.gates.checks."
_UNNAMED = re.compile(r"(?<=\w)\{…\}")


@dataclass(frozen=True)
class Group:
    """What the same checks say."""

    checks: tuple[str, ...]
    sites: tuple[Site, ...]

    @property
    def title(self) -> str:
        """Return the heading, which leads to what the checks are."""
        if len(self.checks) > SHARED:
            return "Any check that reads files"
        return ", ".join(f"[{check}](checks.md#{check})" for check in self.checks)

    def advice(self, words: Mapping[str, str]) -> Mapping[str, list[str]]:
        """Return what to do → the messages of which it is said. `words`: what is said where the code says nothing."""
        found: dict[str, list[str]] = {}
        for site in self.sites:
            found.setdefault(site.hint or words.get(key(site.message), ""), []).append(read(site.message))
        return {hint: list(_plural(messages)) for hint, messages in found.items()}


def is_finding(site: Site) -> bool:
    """Say whether a text is about what was judged."""
    return site.kind in KINDS and site.module.startswith(ROOMS)


def key(message: str) -> str:
    """Return what is the same in all forms of a message: neither its values nor its number."""
    return _singular(re.sub(r"\{[^{}]*\}|\d[\d,]*", "{}", read(message)))


def read(message: str) -> str:
    """Return a message as it is read on the page: an end that may be missing stands in brackets, as elsewhere."""
    return _UNNAMED.sub("[s]", message)


def groups(reader: Reader, sites: Iterable[Site]) -> list[Group]:
    """Return the findings by the checks that say them: those of all checks first, then by name."""
    users = Users(reader.modules)
    found: dict[tuple[str, ...], list[Site]] = {}
    for site in sites:
        found.setdefault(users.of(f"orchestrator.{site.module}"), []).append(site)
    shared = [site for checks, told in found.items() if len(checks) > SHARED for site in told]
    widest = max(found, key=len, default=())
    own = [Group(checks, tuple(told)) for checks, told in found.items() if len(checks) <= SHARED]
    return [Group(widest, tuple(shared)), *sorted(own, key=lambda group: group.checks)]


class Users:
    """Tells which checks a module works for."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules

    def of(self, name: str) -> tuple[str, ...]:
        """Return the checks whose modules import it, directly or through others; a check itself is its own alone."""
        if name.startswith(_CHECKS):
            return (name.removeprefix(_CHECKS),)
        return tuple(check for check, used in self._reached.items() if name in used)

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


def _plural(messages: list[str]) -> Iterator[str]:
    """Yield the messages without those that are another's in the singular."""
    longest = {key(message): message for message in sorted(messages, key=len)}
    return (message for message in dict.fromkeys(messages) if longest[key(message)] == message)


def _singular(message: str) -> str:
    return re.sub(r"(?<=\w\w)(?:s\b|\[s\])", "", re.sub(r"\bare\b", "is", message))
