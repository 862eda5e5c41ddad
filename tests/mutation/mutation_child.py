"""What a forked child does: it puts the mutated module in place of the real one, and runs the tests of it, once."""

import ast
import importlib.abc
import importlib.util
import os
import resource
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

import hypothesis
import pytest

MEMORY = 4_000_000_000
"""Bytes of address space: a mutant that eats without end meets a MemoryError, and the machine lives on."""

_OPTIONS = ("-x", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")


@dataclass(frozen=True, slots=True)
class Run:
    """One run of tests. `tree`: the source that the module is made from."""

    module: str
    path: Path
    tests: Sequence[Path]
    tree: ast.Module
    folder: Path
    """A folder of the run's own, not yet made; what is printed is kept beside it."""


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the one module, and fills it with other code; Python finds all others."""

    def __init__(self, module: str, code: CodeType, path: Path) -> None:
        self._module = module
        self._code = code
        self._path = path

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._module:
            return None
        return importlib.util.spec_from_file_location(fullname, self._path, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def run_tests(run: Run) -> None:
    """Run the tests and leave the process with pytest's exit code. Never returns."""
    _alone(run.folder.with_suffix(".txt"))
    hypothesis.settings.register_profile(
        "mutants",
        database=None,  # what a mutant does wrong is no example for the real code
        deadline=None,
        derandomize=True,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutants")
    sys.meta_path.insert(0, _Mutated(run.module, compile(run.tree, run.path, "exec"), run.path))
    code = pytest.main([*_OPTIONS, f"--basetemp={run.folder}", *map(str, run.tests)])
    sys.stdout.flush()
    shutil.rmtree(run.folder, ignore_errors=True)  # thousands of homes, were they left until the end
    os._exit(code)


def _alone(printed: Path) -> None:
    """Leave the parent's terminal and signals, so that the child can be ended with all that it started."""
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with printed.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
