"""Admission: what an agent made is let through, or refused, before any gate and before any blob is written.

Nothing is repaired, nothing is read from disk. What is refused is named by its path and the rule, never by its content.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.content.secrets import redacted, secret_in
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import path_fault, shown
from orchestrator.model.protected import UNSEEN, folded, protected

LARGEST_FILE = 5_000_000
"""Bytes."""
LARGEST_STEP = 50_000_000
"""Bytes of all files of a step."""
MOST_FILES = 1_000
"""Of a step: the state keeps each path several times over, and has room for 1 MB."""
LONGEST_NAMES = 100_000
"""Characters of all paths of a step."""
LONGEST_NAME = 255
"""Bytes of one part of a path: what the common file systems hold, so that a checkout of the job is possible."""
LONGEST_PATH = 1_000
"""Bytes."""
TEXT_TYPES = (".md", ".yaml", ".yml", ".json", ".csv", ".svg", ".txt", ".html")

CHECK = "admission"

_UNPRINTED = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that draw nothing, steer what follows, or are none: controls, formats, halves, breaks."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What was let through, and a finding for each path that was not."""

    files: Mapping[str, bytes]
    refused: tuple[Finding, ...] = ()


def admit(
    files: Mapping[str, bytes],
    writes: Sequence[str],
    matches: Callable[[str, str], bool],
    standing: Collection[str] = (),
) -> Admitted:
    """Return the files that may become artifacts of a step that writes `writes`.

    `matches(pattern, path)` says whether a pattern names a path; `standing` are the paths that are there already. Of
    paths that are one path to some file system none is let through, and where the step is too large nothing is.
    """
    if len(files) > MOST_FILES or sum(map(len, files)) > LONGEST_NAMES:
        return Admitted({}, (_too_many(),))
    if sum(map(len, files.values())) > LARGEST_STEP:
        rule = f"the step's files have more than {LARGEST_STEP // 1_000_000} MB in all"
        return Admitted({}, tuple(_refused(path, rule) for path in sorted(files)))
    clashes = {**_misplaced(files, standing), **_twins(files)}
    faults = {path: _fault(path, content, writes, matches) or clashes.get(path) for path, content in files.items()}
    return Admitted(
        {path: files[path] for path in sorted(files) if faults[path] is None},
        tuple(_refused(path, rule) for path, rule in sorted(faults.items()) if rule),
    )


def _too_many() -> Finding:
    message = f"the step has more than {MOST_FILES:,} files, or names of more than {LONGEST_NAMES:,} characters in all"
    return Finding(severity=Severity.CRITICAL, check=CHECK, message=message)


def _refused(path: str, rule: str) -> Finding:
    """A hostile path is shown, not told: no control character, bidi mark or secret of it reaches a terminal."""
    written = path.encode("utf-8", "replace")
    known = redacted(written).decode() if secret_in(written) else path
    fits = path_fault(path) is None and not _is_hidden(path) and path.isprintable() and len(path) <= 200
    plain = fits and known == path
    name = path if plain else shown(ascii(known)[1:-1])
    return Finding(severity=Severity.CRITICAL, check=CHECK, file=path if plain else None, message=f"{name}: {rule}")


def _fault(path: str, content: bytes, writes: Sequence[str], matches: Callable[[str, str], bool]) -> str | None:
    """The first rule that the file breaks, the cheap ones first."""
    malformed = path_fault(path)
    if malformed:
        return f"the path {malformed}"
    if _is_hidden(path):
        return "the path has a character that nobody sees"
    if _is_long(path):
        return f"the path has more than {LONGEST_PATH:,} bytes, or a part of it more than {LONGEST_NAME}"
    if secret := secret_in(path.encode()):
        return f"the path holds what looks like {secret}; take the secret out, and revoke it"
    rule = next(filter(None, map(protected, (path, *_folders(path)))), None)
    if rule:
        return rule
    if not any(matches(pattern, path) for pattern in writes):
        return f"the step writes {', '.join(writes) or 'nothing'}, not this"
    return _content_fault(path, content)


def _is_hidden(path: str) -> bool:
    compatible = unicodedata.normalize("NFKC", path)
    return bool(UNSEEN.search(path) or UNSEEN.search(compatible)) or any(
        unicodedata.category(character) in _UNPRINTED for character in path
    )


def _is_long(path: str) -> bool:
    """Of a path that can be written in UTF-8."""
    written = path.encode()
    return len(written) > LONGEST_PATH or any(len(part) > LONGEST_NAME for part in written.split(b"/"))


def _folders(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in: a rule for a file holds for what takes its place as a folder."""
    return (path[: match.start()] for match in re.finditer("(?<=[^/])/", path))


def _misplaced(files: Mapping[str, bytes], standing: Collection[str]) -> dict[str, str]:
    """The new paths that would make a folder of a file that stands, or a file of a folder."""
    kept = frozenset(standing)
    filled = {folder for path in kept for folder in _folders(path)}
    below = {path: folder for path in files for folder in _folders(path) if folder in kept}
    return {
        **{path: "there is a folder of that name" for path in files if path in filled},
        **{path: f"{shown(folder)} is a file, and no folder" for path, folder in below.items()},
    }


def _twins(files: Mapping[str, bytes]) -> dict[str, str]:
    """The paths that are one to a file system that folds case or forms, or where one is a folder of the other."""
    by_name: dict[str, list[str]] = {}
    for path in files:
        by_name.setdefault(folded(path), []).append(path)
    same = {
        path: "another file has the same path but for case or accents"
        for group in by_name.values()
        if len(group) > 1
        for path in group
    }
    parents = {name[: match.start()] for name in by_name for match in re.finditer("/", name)}
    under = {path: "it is a file and a folder at once" for name in parents & set(by_name) for path in by_name[name]}
    return under | same


def _content_fault(path: str, content: bytes) -> str | None:
    if not content:
        return "the file is empty"
    if len(content) > LARGEST_FILE:
        return f"the file has more than {LARGEST_FILE // 1_000_000} MB"
    if path.casefold().endswith(TEXT_TYPES) and (fault := _text_fault(content)):
        return fault
    secret = secret_in(content)
    return f"it holds what looks like {secret}; take the secret out, and revoke it" if secret else None


def _text_fault(content: bytes) -> str | None:
    if b"\x00" in content:
        return "a text file may have no NUL byte"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        return f"a text file must be UTF-8; line {line} is not"
    return None if text.strip() else "the file is empty"
