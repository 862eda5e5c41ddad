"""Ids of content, computed as git computes them, and short digests of what must be compared."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator.model.finding import Finding
from orchestrator.model.snapshot import Files

_WORKSPACE = ".workspace"


def tree_id(files: Files) -> str:
    """Return the git tree id of `files` (path → blob id), each an ordinary file.

    Paths of the workspace (a leading `/`) stand under `.workspace/`. The hash is the one that the blob ids are of.
    Format: git's tree object, `<mode> <name>\\0<id>` an entry, sorted as if folders ended in `/`.
    """
    root: dict[str, Any] = {}
    for path, oid in files.items():
        parts = (_WORKSPACE + path if path.startswith("/") else path).split("/")
        folder = root
        for part in parts[:-1]:
            folder = folder.setdefault(part, {})
        folder[parts[-1]] = oid
    algorithm = "sha256" if any(len(oid) == 64 for oid in files.values()) else "sha1"
    return _hash_tree(root, algorithm)


def _hash_tree(folder: Mapping[str, Any], algorithm: str) -> str:
    rows = []
    for name, child in folder.items():
        is_folder = isinstance(child, dict)
        raw = name.encode("utf-8", "surrogateescape")
        oid = _hash_tree(child, algorithm) if is_folder else child
        mode = b"40000" if is_folder else b"100644"
        rows.append((raw + b"/" if is_folder else raw, mode + b" " + raw + b"\0" + bytes.fromhex(oid)))
    body = b"".join(row for _, row in sorted(rows))
    return hashlib.new(algorithm, b"tree %d\0" % len(body) + body).hexdigest()


def digest(value: object) -> str:
    """Return 12 hexadecimal digits that change when `value` (plain JSON data) changes."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def failure_signature(findings: Iterable[Finding]) -> str:
    """Return what makes a failure the same failure: its checks, files and messages, figures left out."""
    rows = sorted([f.check or "", f.file or "", re.sub(r"\d+", "", f.message)] for f in findings if f.waived is None)
    return digest(rows)


def effect_key(job: str, step: str, target: str, payload: Files, after: str | None) -> str:
    """Return the key of an outside effect (DESIGN §9). `after`: for a place, the key of its latest receipt."""
    rows = [job, step, target, tree_id(payload), after or ""]
    return hashlib.sha256("\0".join(rows).encode()).hexdigest()
