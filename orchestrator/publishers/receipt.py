"""What stands in a published folder, by its own word: `.receipt.json`. Reads; writes nothing."""

import errno
import hashlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator.model.names import path_fault

RECEIPT = ".receipt.json"
PAGE = "index.html"
MOST_BYTES = 4_000_000
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NOT_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR})


class Card(BaseModel):
    """What the index shows of a page. `picture` is a path in the page's folder; the rest is as its author wrote it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    price: str = ""
    description: str = ""
    picture: str | None = None
    alt: str = ""
    date: str = ""
    version: str = ""
    author: str = ""

    @property
    def untold_version(self) -> str:
        """Return the version where the title does not say it."""
        return "" if self.version in self.title else self.version

    @property
    def when(self) -> str:
        """Return the date, else the version that stands in its place."""
        return self.date or self.version


class SafeSection(BaseModel):
    """A folder's part of the changelog, made safe for the whole. `defines`: the labels that it defines."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    defines: tuple[str, ...] = ()


class Receipt(BaseModel):
    """The delivery that a folder holds. `files`: path in the folder → sha256, hexadecimal; the receipt left out.

    `section` was made when it was delivered, so that no later delivery of another job reads a stranger's Markdown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(min_length=1, max_length=200)
    card: Card
    files: Mapping[str, str] = Field(min_length=1)
    section: SafeSection | None = None

    @property
    def has_page(self) -> bool:
        """Say whether the index can link to it."""
        return PAGE in self.files


def make_receipt(key: str, card: Card, files: Mapping[str, bytes], section: SafeSection | None = None) -> Receipt:
    """Return the receipt of a folder that will hold `files`."""
    digests = {path: hashlib.sha256(files[path]).hexdigest() for path in sorted(files)}
    return Receipt(key=key, card=card, files=digests, section=section)


def encode(receipt: Receipt) -> bytes:
    """Return the bytes of `.receipt.json`."""
    left_out = set() if receipt.section else {"section"}
    return receipt.model_dump_json(indent=2, exclude=left_out).encode() + b"\n"


def read_receipt(folder: Path) -> Receipt | None:
    """Return the receipt of `folder`, its files unread; None where there is none that can be understood."""
    raw = regular_file(folder, RECEIPT, most=MOST_BYTES)
    if raw is None:
        return None
    try:
        return Receipt.model_validate_json(raw)
    except ValidationError:
        return None


def standing(folder: Path) -> Receipt | None:
    """Return the receipt of `folder` if every file that it names stands there with that digest, else None."""
    receipt = read_receipt(folder)
    if receipt is None or any(path_fault(path) for path in receipt.files):
        return None
    return receipt if all(_digest(folder, path) == said for path, said in receipt.files.items()) else None


def _digest(folder: Path, path: str) -> str | None:
    found = regular_file(folder, path)
    return None if found is None else hashlib.sha256(found).hexdigest()


def regular_file(folder: Path, path: str, most: int | None = None) -> bytes | None:
    """Return a regular file's bytes, no link followed on the way; None where there is none, or more than `most`."""
    try:
        descriptor = _open_beneath(folder, path)
    except OSError as problem:
        if problem.errno in _NOT_THERE:
            return None
        raise
    said = os.fstat(descriptor)
    if not stat.S_ISREG(said.st_mode) or (most is not None and said.st_size > most):
        os.close(descriptor)
        return None
    with open(descriptor, "rb") as file:
        return file.read()


def _open_beneath(folder: Path, path: str) -> int:
    *folders, name = path.split("/")
    here = os.open(folder, _READ | os.O_DIRECTORY)
    try:
        for part in folders:
            below = os.open(part, _READ | os.O_DIRECTORY, dir_fd=here)
            os.close(here)
            here = below
        return os.open(name, _READ, dir_fd=here)
    finally:
        os.close(here)
