"""The private folder that a program is run in: laid down from values, and removed whatever came to stand there."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from orchestrator.model.names import path_fault, shown
from orchestrator.model.outside import CannotRun

MOST_HANDED = 100_000_000
"""Bytes of all the files that a program is handed."""


@contextmanager
def prepared(files: Mapping[str, bytes], handed: Mapping[str, bytes] = MappingProxyType({})) -> Iterator[Path]:
    """Lay files down in a new temporary folder, and remove it with all that has come to stand there.

    It holds `job/` (the job's files, at their paths: where a program is run), `workspace/` (those whose path begins
    with `/`), `handed/` where something is handed, and, both empty, `home/` and `tmp/`. Raises CannotRun where a file
    cannot be laid down.
    """
    root = Path(os.path.realpath(tempfile.mkdtemp(prefix="orchestrator-")))
    try:
        for name in ("job", "workspace", "home", "tmp"):
            (root / name).mkdir()
        _lay_down({_place(root, path): content for path, content in files.items()})
        _lay_down({(root / "handed", name): content for name, content in handed.items()})
        yield root
    finally:
        _remove(root)


def environment(path: str, root: Path) -> dict[str, str]:
    """Return all that a program finds in its environment. Of `path`, what is no absolute folder is left out."""
    folders = [folder for folder in path.split(os.pathsep) if folder.startswith("/")]
    return {
        "PATH": os.pathsep.join(folders),
        "HOME": str(root / "home"),
        "TMPDIR": str(root / "tmp"),
        "LANG": "C.UTF-8",
    }


def as_in_the_job(text: bytes, root: Path) -> bytes:
    """Return what a program wrote with paths of its folder made the job's own; `root` is another at each run."""
    for said, meant in ((f"{root}/job/", ""), (f"{root}/workspace/", "/"), ("../workspace/", "/")):
        text = text.replace(said.encode(), meant.encode())
    return text


def _place(root: Path, path: str) -> tuple[Path, str]:
    return (root / "workspace", path[1:]) if path.startswith("/") else (root / "job", path)


def _lay_down(contents: Mapping[tuple[Path, str], bytes]) -> None:
    if sum(map(len, contents.values())) > MOST_HANDED:
        raise CannotRun(f"the files have more than {MOST_HANDED // 1_000_000} MB; name fewer with `files`")
    for (folder, path), content in contents.items():
        fault = path_fault(path) if path[:1] != "/" else "must be a plain relative path"
        if fault:
            raise CannotRun(f"{shown(path)} cannot be handed to a program: the path {fault}")
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(place, "xb") as file:
                file.write(content)
        except (OSError, ValueError) as exc:  # a ValueError: what no file system can name
            reason = exc.strerror if isinstance(exc, OSError) else exc
            raise CannotRun(f"{shown(path)} cannot be handed to a program: {reason}") from exc


def _remove(root: Path) -> None:
    """Remove a folder, whoever may read what stands in it. Follows no link.

    However deep somebody nested it, no path grows long and nothing recurses: what stands deeper is moved up first.
    """
    os.chmod(root, 0o700)
    while entries := list(os.scandir(root)):
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove_hollow(entry, root)
            else:
                os.unlink(entry.path)
    os.rmdir(root)


def _remove_hollow(folder: os.DirEntry[str], root: Path) -> None:
    os.chmod(folder.path, 0o700)
    for entry in list(os.scandir(folder.path)):
        if entry.is_dir(follow_symlinks=False):
            os.chmod(entry.path, 0o700)
            os.rename(entry.path, tempfile.mkdtemp(dir=root))
        else:
            os.unlink(entry.path)
    os.rmdir(folder.path)
