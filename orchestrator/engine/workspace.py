"""What `init` lays down: the starter's files, with the owner's address filled in and the schemas for editors."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from orchestrator import gates
from orchestrator.documents import schema
from orchestrator.engine import paths
from orchestrator.errors import WorkspaceError

PLACEHOLDER = b"you@example.com"
SCHEMAS = ".schemas"
_PARTS = ("agents", "prompts", "memory", "jobs/templates", paths.SETTINGS)


def starter_files(root: Path, email: str) -> dict[str, bytes]:
    """Return path → content of a fresh workspace, from the starter at `root`. Raises WorkspaceError where it lacks."""
    found = {path: content.replace(PLACEHOLDER, email.encode()) for path, content in _read(root)}
    if paths.SETTINGS not in found:
        raise WorkspaceError(
            f"the installation lacks its starter files at {root}", hint="install git-orchestrator again"
        )
    return {**found, **schema_files()}


def _read(root: Path) -> Iterator[tuple[str, bytes]]:
    for part in _PARTS:
        top = root / part
        for file in [top] if top.is_file() else sorted(top.rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.relative_to(root).as_posix(), file.read_bytes()


def schema_files() -> Mapping[str, bytes]:
    """Return the JSON Schemas to which the starter files' `yaml-language-server` lines point."""
    return {f"{SCHEMAS}/{kind}.json": schema_text(kind).encode() for kind in schema.KINDS}


def schema_text(kind: str) -> str:
    """Return the JSON Schema of a kind of file, every check's settings in it. Raises KeyError for no such kind."""
    return json.dumps(schema.schema(kind, _checks()), indent=2, ensure_ascii=False) + "\n"


@cache
def _checks() -> Mapping[str, dict[str, Any]]:
    """Return name → schema of its settings, of every check."""
    return {name: gates.schema(name) for name in gates.names()}


def find_starter(package: Path) -> Path:
    """Return where the starter is: inside an installed package, or at the root of a checkout of it."""
    inside = package / "starter"
    return inside if inside.is_dir() else package.parent
