"""`make mutants`: each comparison of each check is changed, and the check's own tests must turn red.

It changes no file but the page that it is told to write.
"""

import argparse
import importlib
import pkgutil
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from mutation_equivalents import EQUIVALENT
from mutation_judging import Judged, judged
from mutation_report import GOAL, is_enough, lines, page, summary
from mutation_runs import MutationError
from mutation_targets import Target, chosen, other

_ROOMS = ("orchestrator.model", "orchestrator.documents", "orchestrator.content")
_LIBRARIES = ("hypothesis", "PIL.Image", "jsonschema", "justhtml", "codespell_lib", "whatlang", "re2", "resvg_py")


def arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Return what was asked for. Ends the process where it makes no sense."""
    asked = argparse.ArgumentParser(
        description=f"Mutate the checks; end with 1 where tests see less than {GOAL} % of the mutants."
    )
    asked.add_argument("--only", nargs="+", default=[], metavar="NAME", help="these checks, not all")
    asked.add_argument("--module", type=Path, metavar="FILE", help="instead, any module")
    asked.add_argument("--tests", type=Path, nargs="+", default=[], metavar="FILE", help="the tests of that module")
    asked.add_argument("--limit", type=float, metavar="SECONDS", help="when a mutant hangs; else ten times its tests")
    asked.add_argument("--write", type=Path, metavar="PAGE", help="write what all came to as a page of the docs")
    found = asked.parse_args(argv)
    if bool(found.module) != bool(found.tests):
        asked.error("--module and --tests go together")
    if found.write and (found.only or found.module):
        asked.error("--write is for a run of all: a page that shows a part would be read as the whole")
    return found


def main(argv: Sequence[str]) -> int:
    """Judge and print; return 1 where the goal is missed, 2 where nothing could be said."""
    asked = arguments(argv)
    # Stopped by a signal it ends its children and takes its folder away, as at the end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        found = [other(asked.module, asked.tests)] if asked.module else list(chosen(asked.only))
        if not asked.module:
            load_beforehand()
        results = _told(found, asked.limit)
    except (MutationError, ValueError, SyntaxError) as error:
        sys.stderr.write(f"no mutant was judged: {error}\n")
        return 2
    if asked.write:
        asked.write.write_text(page(results, EQUIVALENT))
    return 0 if is_enough(results) else 1


def load_beforehand() -> None:
    """Import once what every child needs and none mutates: libraries, and the rooms below the gates."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    for room in _ROOMS:
        for each in pkgutil.iter_modules(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(each.name)


def _told(targets: Sequence[Target], limit: float | None) -> list[Judged]:
    results: list[Judged] = []
    with tempfile.TemporaryDirectory() as made:
        for each in judged(targets, Path(made), limit):
            results.append(each)
            for line in lines(each, EQUIVALENT.get(each.target.name, {})):
                _out(line)
    _out(summary(results))
    return results


def _out(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
