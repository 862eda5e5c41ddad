"""The folder that an import reads: which of its files are meant, and their bytes. It follows no link to a file."""

import os
import stat
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from orchestrator.documents.importing.taken import slug_of
from orchestrator.documents.text import MOST_BYTES
from orchestrator.documents.yaml import together
from orchestrator.errors import DocumentError, Place, UsageError
from orchestrator.model.names import RESERVED_JOB_IDS, STEP_NAME, STEP_NAME_RULE, shown

MOST_AGENTS = 500
MOST_ENTRIES = 20_000
"""Of files and folders that are looked at for agents."""
_OF_OTHERS = (".claude", ".github")
_ENDINGS = ("yaml", "yml")
_CONFIGS = ("config", "src/*/config", "crews/*/config", "src/*/crews/*/config")


def label(name: str) -> str:
    """Return a path as it is shown and written down: `?` for what cannot be seen."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def agent_files(folder: Path, name: str) -> list[Path]:
    """Return the Markdown files of a folder: of a project those of its tools' own folders for agents.

    Raises UsageError where there is no such folder, or there are too many; DocumentError where a link leads out of it.
    """
    _refuse_no_folder(folder, name)
    known = [folder / tool / "agents" for tool in _OF_OTHERS]
    if folder.name in _OF_OTHERS:
        known = [folder / "agents"]
    tops = [top for top in known if top.is_dir()] or [folder]
    for top in tops:
        _refuse_elsewhere(top, folder, name)
    found = list(islice(chain.from_iterable(map(_markdown, tops)), MOST_AGENTS + 1))
    if len(found) > MOST_AGENTS:
        raise UsageError(f"more than {MOST_AGENTS} Markdown files", hint="name a folder further down")
    return found


def _markdown(top: Path) -> Iterator[Path]:
    """Yield the Markdown files below a folder, hidden ones and links to folders left out."""
    open_folders, seen = [top], 0
    while open_folders:
        for entry in sorted(_scanned(open_folders.pop()), key=lambda each: each.name):
            seen += 1
            if seen > MOST_ENTRIES:
                raise UsageError(f"more than {MOST_ENTRIES:,} files and folders", hint="name a folder further down")
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                open_folders.append(Path(entry.path))
            elif entry.name.endswith(".md"):
                yield Path(entry.path)


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(islice(entries, MOST_ENTRIES + 1))
    except OSError as exc:
        raise UsageError(f"{shown(str(folder))} cannot be read: {exc.strerror}", hint="name another folder") from exc


def _refuse_no_folder(folder: Path, name: str) -> None:
    if not os.path.exists(folder):
        raise UsageError(f"{shown(name)} is not there", hint="name a folder")
    if not os.path.isdir(folder):
        raise UsageError(f"{shown(name)} is no folder", hint="name the folder that it is in")


def _refuse_elsewhere(top: Path, folder: Path, name: str) -> None:
    if not top.resolve().is_relative_to(folder.resolve()):
        raise DocumentError(
            "a link leads out of the folder", place=_place(top, folder, name), hint="name the folder itself"
        )


def _place(file: Path, folder: Path, name: str) -> Place:
    return Place(label(f"{name}/{file.relative_to(folder).as_posix()}"))


def contents(files: Iterable[Path], folder: Path, name: str) -> dict[str, bytes]:
    """Return shown path → bytes of regular files, each at most one byte more than a document may have.

    Raises DocumentError, which carries all that is no such file.
    """
    found: dict[str, bytes] = {}
    faults: list[DocumentError] = []
    for file in files:
        place = _place(file, folder, name)
        try:
            _refuse_unseen(file, place)
            found[place.path] = _content(file, place)
        except DocumentError as exc:
            faults.append(exc)
    if faults:
        raise together(tuple(faults))
    return found


def _refuse_unseen(file: Path, place: Place) -> None:
    if not file.name.isprintable():
        raise DocumentError("its name has a character that cannot be seen", place=place, hint="rename the file")


def _content(file: Path, place: Place) -> bytes:
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as exc:
        if file.is_symlink():
            raise DocumentError("is a link, and is not followed", place=place, hint="copy the file here") from exc
        raise DocumentError(f"cannot be read: {exc.strerror}", place=place, hint="let yourself read it") from exc
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise DocumentError("is no regular file", place=place, hint="move it away")
        return opened.read(MOST_BYTES + 1)


def crew_files(folder: Path, name: str) -> tuple[Path, Path]:
    """Return a crew's agents.yaml and tasks.yaml. Raises UsageError where there is none, or more than one crew."""
    _refuse_no_folder(folder, name)
    places = [folder, *(place for pattern in _CONFIGS for place in sorted(folder.glob(pattern)))]
    pairs = [(_said(place, "agents"), _said(place, "tasks")) for place in places]
    found = [(agents, tasks) for agents, tasks in pairs if agents is not None and tasks is not None]
    if not found:
        hint = "name the project of the crew, or its folder config/ with agents.yaml and tasks.yaml"
        raise UsageError(f"{shown(name)} has no agents.yaml beside a tasks.yaml", hint=hint)
    if len(found) > 1:
        named = ", ".join(_place(agents.parent, folder, name).path for agents, _ in found[:10])
        raise UsageError(f"{shown(name)} has {len(found)} crews", hint=f"name one: {named}")
    _refuse_elsewhere(found[0][0].parent, folder, name)
    return found[0]


def _said(place: Path, stem: str) -> Path | None:
    """Return the file of that name in a folder, or None; a link that leads nowhere is one, to be told of."""
    files = [place / f"{stem}.{ending}" for ending in _ENDINGS]
    return next((file for file in files if os.path.lexists(file)), None)


def template_name(config: Path) -> str:
    """Return what the template of a crew is called, by the folder that its `config/` is in. Raises UsageError."""
    where = config.resolve()
    called = where.parent.name if where.name == "config" else where.name
    name = slug_of(called)[:40].strip("-")
    if name in RESERVED_JOB_IDS or not STEP_NAME.fullmatch(name):
        message = f"a template would be called {shown(called)}, which is no name: {STEP_NAME_RULE}"
        raise UsageError(message, hint="rename the folder of the crew")
    return name
