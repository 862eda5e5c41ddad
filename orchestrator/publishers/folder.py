"""A folder of published jobs, changed whole or not at all. Knows nothing of pages; follows no link out of it.

A job's folder is built beside the old one (`.new-<job>`), made durable, and swapped in by two renames; in between,
the old one is `.old-<job>`. The folder's own files (its index, its changelog) are staged as `.new-<name>`, and put in
their places by one rename each. Whatever a crash leaves, `heal` brings a job's folder to the old one or the new one,
never to none.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from orchestrator.errors import EffectError, Place
from orchestrator.model.names import job_id_fault
from orchestrator.publishers.receipt import RECEIPT, Receipt, read_receipt, standing

MARKER = ".orchestrator"
MARKER_TEXT = b"git-orchestrator publishes into this folder: it replaces what it finds here.\n"
NEW, OLD = ".new-", ".old-"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the folder for one writer, waiting for the one before; the system lets go when a process dies.

    Raises OSError.
    """
    marker = os.open(path / MARKER, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        fcntl.flock(marker, fcntl.LOCK_EX)
        yield
    finally:
        os.close(marker)


def is_ours(path: Path) -> bool:
    """Say whether the folder carries our marker."""
    return os.path.lexists(path / MARKER)


def claim(path: Path, said: str) -> None:
    """Make the folder, or take an empty one, as ours; `said` is how the settings name it.

    Raises EffectError where somebody else's files stand in it, OSError where it cannot be written.
    """
    path.mkdir(parents=True, exist_ok=True)
    names = os.listdir(path)
    if MARKER in names:
        return
    if names:
        raise EffectError(
            f"the folder holds files that the orchestrator did not put there ({min(names)!r})",
            place=Place(said),
            hint=f"name another `path`, or hand the folder over by making an empty file {said}/{MARKER}",
        )
    _write_marker(path)


def refuse_strangers(path: Path, job: str, said: str) -> None:
    """Raise EffectError where what stands in a job's place is not a folder that a delivery made."""
    place = path / job
    if not os.path.lexists(place):
        return
    is_folder = place.is_dir() and not place.is_symlink()
    if is_folder and (os.path.lexists(place / RECEIPT) or not os.listdir(place)):
        return
    raise EffectError(
        "something that the orchestrator did not put there stands in the job's place",
        place=Place(f"{said}/{job}"),
        hint="move it away, then run the job again",
    )


def build(path: Path, job: str, files: Mapping[str, bytes]) -> None:
    """Write a job's new folder beside its place, durably; nobody sees it yet. Raises OSError."""
    folder = path / f"{NEW}{job}"
    remove(folder)
    folder.mkdir()
    for name, content in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, content)
    for below, _, _ in os.walk(folder):
        sync(Path(below))
    sync(path)


def swap(path: Path, job: str) -> None:
    """Put the new folder in the old one's place. Raises OSError, the old one back where it was."""
    place, new, old = path / job, path / f"{NEW}{job}", path / f"{OLD}{job}"
    if not place.exists():
        new.rename(place)
        return
    place.rename(old)
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise


def heal(path: Path) -> None:
    """Finish, or undo, every swap that a crash cut short, and clear what it left. Raises OSError."""
    for name in sorted(os.listdir(path)):
        if name.startswith(OLD) and job_id_fault(name.removeprefix(OLD)) is None:
            _heal_swap(path, name.removeprefix(OLD))
    for name in sorted(os.listdir(path)):
        if name.startswith(NEW):
            remove(path / name)


def _heal_swap(path: Path, job: str) -> None:
    place, new, old = path / job, path / f"{NEW}{job}", path / f"{OLD}{job}"
    if not os.path.lexists(place):
        (new if standing(new) else old).rename(place)
        sync(path)
    remove(old)


def stage(path: Path, name: str, content: bytes) -> None:
    """Write one of the folder's own files beside its place, durably. Raises OSError."""
    new = path / f"{NEW}{name}"
    remove(new)
    _write(new, content)


def show(path: Path, name: str) -> None:
    """Put a staged file in its place. Raises OSError."""
    os.replace(path / f"{NEW}{name}", path / name)
    sync(path)


def receipts(path: Path) -> dict[str, Receipt]:
    """Return what stands in the folder: job → receipt. Raises OSError."""
    found = {}
    with os.scandir(path) as entries:
        names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    for name in sorted(names):
        receipt = read_receipt(path / name) if job_id_fault(name) is None else None
        if receipt is not None:
            found[name] = receipt
    return found


def remove(path: Path) -> None:
    """Remove a leftover of our own, whatever it is; a link is removed, not followed. Raises OSError."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_marker(path: Path) -> None:
    try:
        _write(path / MARKER, MARKER_TEXT)
    except FileExistsError:
        return  # another process took the same empty folder at the same moment: it is ours all the same
    sync(path)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, _CREATE, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
