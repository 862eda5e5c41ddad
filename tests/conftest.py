"""Every test runs hermetically: a home of its own, no system configuration, fixed names and dates, no leaked GIT_*."""

import os
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

NAME, EMAIL = "Ada Lovelace", "ada@example.com"
EPOCH = "1767225600"  # 2026-01-01T00:00:00Z


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Return numbers for folders: pytest's own `mktemp` reads the folder of all folders to find the next one."""
    return count()


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, numbers: Iterator[int]) -> Path:
    """Return an empty folder, named after the test."""
    name = re.sub(r"\W", "_", request.node.name)[:30]
    made = tmp_path_factory.getbasetemp() / f"{name}{next(numbers)}"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture(autouse=True)
def hermetic(
    tmp_path_factory: pytest.TempPathFactory, numbers: Iterator[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give the test an environment in which nothing of this machine shows."""
    home = tmp_path_factory.getbasetemp() / f"home{next(numbers)}"
    home.mkdir(mode=0o700)
    leaking = [n for n in os.environ if n.startswith(("GIT_", "ORCHESTRATOR_", "XDG_"))]  # noqa: TID251  its very work
    for name in leaking:
        monkeypatch.delenv(name)
    for name in ("VISUAL", "EDITOR", "NO_COLOR", "COLUMNS", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    (home / ".gitconfig").write_text(
        f"[user]\n\tname = {NAME}\n\temail = {EMAIL}\n[init]\n\tdefaultBranch = main\n[core]\n\tpager = cat\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of what is made once in a run and copied from then on."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder for a workspace."""
    made = tmp_path / "workspace"
    made.mkdir()
    return made
