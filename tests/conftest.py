"""Every test runs hermetically: a home of its own, no system configuration, fixed names and dates, no leaked GIT_*."""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
NAME, EMAIL = "Ada Lovelace", "ada@example.com"
EPOCH = "1767225600"  # 2026-01-01T00:00:00Z
MEMORY = Path("/dev/shm")
ROOM = 2_000_000_000
"""Bytes. The folders of a test that passed are gone when it ends."""


def pytest_configure(config: pytest.Config) -> None:
    """Put the folders of the tests into memory where there is room: each ledger write waits for its disk.

    Those marked `real` keep to the disk: they are about fsync and full disks, and a sandbox has a /dev of its own.
    """
    if config.option.basetemp is None and config.option.markexpr == "not real" and _has_room(MEMORY):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # noqa: TID251  pytest reads it there


def _has_room(place: Path) -> bool:
    if not os.access(place, os.W_OK) or os.statvfs(place).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(place).free > ROOM


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a path for each home: to number a folder, `mktemp` would read the names of all that are there."""
    place = tmp_path_factory.mktemp("homes")
    return (place / str(number) for number in count())


@pytest.fixture(autouse=True)
def hermetic(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test an environment in which nothing of this machine shows."""
    home = next(homes)
    home.mkdir()
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
