"""Names of checks → checks. The built-in ones stand in a list; a plug-in is looked up when a gate first names it.

A plug-in registers in the entry point group `orchestrator.checks`. No built-in check can be replaced by one.
"""

from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from orchestrator.gates.interface import CannotRun, Check

GROUP = "orchestrator.checks"

BUILT_IN = (
    "callable",
    "changed",
    "characters",
    "citations",
    "command",
    "contrast",
    "csv",
    "duplicates",
    "findings",
    "front_matter",
    "grounded",
    "html",
    "image",
    "language",
    "lines",
    "links",
    "markdown",
    "must_contain",
    "must_not_contain",
    "not_empty",
    "personal_data",
    "placeholder",
    "plain_text",
    "readability",
    "rendered",
    "review_file",
    "reviewer",
    "reviews",
    "schema",
    "secrets",
    "sections",
    "spelling",
    "svg",
    "text_fits",
    "words",
)
"""Each stands in a module of its own, as its `CHECK`."""


@lru_cache(maxsize=256)
def find(name: str) -> Check | None:
    """Return the check of that name, or None where there is none. Raises CannotRun where a plug-in does not load."""
    if name in BUILT_IN:
        return _checked(import_module(f"orchestrator.gates.checks.{name}").CHECK, name)
    plug_in = next(iter(entry_points(group=GROUP, name=name)), None)
    return _load(plug_in) if plug_in else None


def names() -> tuple[str, ...]:
    """Return the names of all checks, built-in and installed, in alphabetical order. Reads package metadata."""
    return tuple(sorted({*BUILT_IN, *(entry.name for entry in entry_points(group=GROUP))}))


def _load(plug_in: EntryPoint) -> Check:
    try:
        return _checked(plug_in.load(), plug_in.name)
    except CannotRun:
        raise
    except Exception as exc:  # importing somebody's module may raise anything
        raise CannotRun(f"the plug-in {plug_in.value} does not load: {type(exc).__name__}: {exc}") from exc


def _checked(value: object, name: str) -> Check:
    if not isinstance(value, Check):
        raise CannotRun(f"what is registered as {name!r} in {GROUP} is no orchestrator.gates.Check")
    return value
