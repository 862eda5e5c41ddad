"""What is mutated, and the tests that must tell it: each check by its own file, the rooms around them by several."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "orchestrator" / "gates" / "checks"
TESTS = ROOT / "tests" / "gates"

BESIDE: Mapping[str, tuple[str, ...]] = {
    "judging": ("test_judging",),
    "reading": ("test_reading",),
    "reviewing": ("test_check_review_file", "test_check_findings", "test_check_reviews"),
    "rules": ("test_rules",),
}
"""Modules of orchestrator/gates that every check leans on → the tests that judge them."""


@dataclass(frozen=True, slots=True)
class Target:
    """A module and its tests. `module` is the dotted name under which the tests import it."""

    name: str
    module: str
    path: Path
    tests: tuple[Path, ...]


def targets() -> tuple[Target, ...]:
    """Return all checks in alphabetical order, then the modules beside them."""
    checks = sorted(path.stem for path in CHECKS.glob("*.py") if path.stem != "__init__")
    return (*map(_check, checks), *map(_beside, BESIDE))


def chosen(names: Iterable[str]) -> tuple[Target, ...]:
    """Return the targets of these names, all where there are none. Raises ValueError at a name that is none."""
    known = {target.name: target for target in targets()}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r} to mutate; there are {', '.join(known)}")
    return tuple(known[name] for name in names) or tuple(known.values())


def other(path: Path, tests: Iterable[Path]) -> Target:
    """Return any module as a target: one of the package by its dotted name, another by the name of its file."""
    whole = path.resolve()
    parts = whole.relative_to(ROOT).with_suffix("").parts if whole.is_relative_to(ROOT / "orchestrator") else ()
    return Target(path.stem, ".".join(parts) or path.stem, whole, tuple(test.resolve() for test in tests))


def _check(name: str) -> Target:
    path = CHECKS / f"{name}.py"
    return Target(name, f"orchestrator.gates.checks.{name}", path, (TESTS / f"test_check_{name}.py",))


def _beside(name: str) -> Target:
    path = ROOT / "orchestrator" / "gates" / f"{name}.py"
    return Target(name, f"orchestrator.gates.{name}", path, tuple(TESTS / f"{test}.py" for test in BESIDE[name]))
