"""Every test runs hermetically: a home of its own, no system configuration, fixed names and dates, no leaked GIT_*."""

import os
from pathlib import Path

import pytest

NAME, EMAIL = "Ada Lovelace", "ada@example.com"
EPOCH = "1767225600"  # 2026-01-01T00:00:00Z


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test an environment in which nothing of this machine shows."""
    home = tmp_path_factory.mktemp("home")
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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder for a workspace."""
    made = tmp_path / "workspace"
    made.mkdir()
    return made
