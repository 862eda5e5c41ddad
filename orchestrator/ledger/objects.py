"""git's objects as bytes: encoded, decoded, named and packed. Pure: no process, no file, no clock.

The formats are git's own (gitformat-pack(5), hash-object(1), "Git Objects" in the git book). An id is hexadecimal, of
40 digits in a sha1 repository and 64 in a sha256 one.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.errors import LedgerError
from orchestrator.ledger.values import Commit, Kind, NewObject, Person

FILE = "100644"
EXECUTABLE = "100755"
FOLDER = "40000"
REGULAR = frozenset({FILE, EXECUTABLE})

_PACK_TYPES: Mapping[Kind, int] = {Kind.COMMIT: 1, Kind.TREE: 2, Kind.BLOB: 3}
# What git strips from the ends of a name (ident.c), and what would end the field early anywhere in it.
_CRUD = " \t\r\n.,:;<>\"\\'"
_FIELD_ENDS = re.compile(r"[<>\x00-\x1f]")
_PERSON = re.compile(rb"(?P<name>.*?) ?<(?P<email>[^>]*)>(?: (?P<date>-?\d{1,18}))?")


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a tree: the mode as git writes it, and the id."""

    mode: str
    id: str

    @property
    def is_folder(self) -> bool:
        """Say whether it is a tree itself."""
        return self.mode == FOLDER


Tree = Mapping[bytes, TreeEntry]
"""Name → entry. Names are bytes: git promises no encoding."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a repository names its objects: `sha1` or `sha256`."""

    algorithm: str

    @property
    def id_bytes(self) -> int:
        """Return the length of a raw id."""
        return hashlib.new(self.algorithm, usedforsecurity=False).digest_size

    @property
    def zero(self) -> str:
        """Return the id that says "no such ref"."""
        return "0" * (2 * self.id_bytes)

    def is_id(self, text: str) -> bool:
        """Say whether `text` is a whole id of this repository."""
        return len(text) == 2 * self.id_bytes and re.fullmatch(r"[0-9a-f]+", text) is not None

    def id_of(self, kind: Kind, body: bytes) -> str:
        """Return the id under which git keeps `body`."""
        return self._digest(_headed(kind, body)).hex()

    def new(self, kind: Kind, body: bytes) -> NewObject:
        """Return `body` as an object with its id."""
        return NewObject(kind, self.id_of(kind, body), body)

    def pack(self, objects: Iterable[NewObject]) -> bytes:
        """Return a pack (version 2, nothing as a delta) of `objects`, as `git unpack-objects` reads it."""
        unique = {new.id: new for new in objects}
        parts = [b"PACK", (2).to_bytes(4, "big"), len(unique).to_bytes(4, "big")]
        for new in unique.values():
            parts += [_pack_header(_PACK_TYPES[new.kind], len(new.body)), zlib.compress(new.body, 1)]
        body = b"".join(parts)
        return body + self._digest(body)

    def loose(self, new: NewObject) -> bytes:
        """Return the content of a loose object's file."""
        return zlib.compress(_headed(new.kind, new.body), 1)

    def encode_tree(self, tree: Tree) -> bytes:
        """Return a tree's bytes, in git's order: as if the names of folders ended in a slash."""
        ordered = sorted(tree.items(), key=lambda item: item[0] + b"/" if item[1].is_folder else item[0])
        return b"".join(b"%s %s\0%s" % (entry.mode.encode(), name, bytes.fromhex(entry.id)) for name, entry in ordered)

    def decode_tree(self, body: bytes) -> Tree:
        """Return the entries of a tree. Raises LedgerError when it is cut short."""
        entries: dict[bytes, TreeEntry] = {}
        place, width = 0, self.id_bytes
        while place < len(body):
            space = body.find(b" ", place)
            end = body.find(b"\0", space)
            if space < 0 or end < 0 or end + 1 + width > len(body):
                raise LedgerError("a tree object is cut short", hint="run `git fsck`")
            # Old programs wrote 040000; git reads it as 40000.
            mode = body[place:space].decode("ascii", "replace").lstrip("0")
            entries[body[space + 1 : end]] = TreeEntry(mode, body[end + 1 : end + 1 + width].hex())
            place = end + 1 + width
        return entries

    def _digest(self, *parts: bytes) -> bytes:
        digest = hashlib.new(self.algorithm, usedforsecurity=False)
        for part in parts:
            digest.update(part)
        return digest.digest()


def _headed(kind: Kind, body: bytes) -> bytes:
    """Return a body behind the header that its id and its file begin with."""
    return b"%s %d\0%s" % (kind.value.encode(), len(body), body)


def encode_commit(
    tree: str, parents: Iterable[str], *, author: Person, committer: Person, date: int, message: bytes
) -> bytes:
    """Return a commit's bytes, both dates `date` (Unix time) in UTC. Raises LedgerError on a NUL in the message."""
    if b"\0" in message:
        raise LedgerError(
            "a commit message may not hold a NUL byte", hint="take it out of the text that was given with -m"
        )
    lines = [
        f"tree {tree}",
        *(f"parent {parent}" for parent in parents),
        f"author {_signature(author, date)}",
        f"committer {_signature(committer, date)}",
    ]
    text = message if message.endswith(b"\n") else message + b"\n"
    return "\n".join(lines).encode("utf-8", "replace") + b"\n\n" + text


def decode_commit(commit: str, body: bytes) -> Commit:
    """Return the commit of that id. Unknown headers (signatures, encodings) are passed over."""
    head, _, message = body.partition(b"\n\n")
    first: dict[bytes, bytes] = {}
    parents: list[str] = []
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value.decode("ascii", "replace"))
        else:
            first.setdefault(key, value)
    author, committer = _person(first.get(b"author", b"")), _person(first.get(b"committer", b""))
    return Commit(
        id=commit,
        tree=first.get(b"tree", b"").decode("ascii", "replace"),
        parents=tuple(parents),
        author_name=author[0],
        author_email=author[1],
        committer_name=committer[0],
        committer_email=committer[1],
        date=committer[2],
        message=message.decode("utf-8", "replace"),
    )


def _signature(who: Person, date: int) -> str:
    name, email = (_FIELD_ENDS.sub("", text).strip(_CRUD) for text in (who.name, who.email))
    return f"{name or email or 'unknown'} <{email}> {date} +0000"


def _person(line: bytes) -> tuple[str, str, int]:
    found = _PERSON.match(line)
    if found is None:
        return "", "", 0
    name, email = (found[key].decode("utf-8", "replace") for key in ("name", "email"))
    return name, email, int(found["date"] or 0)


def _pack_header(kind: int, size: int) -> bytes:
    """Encode type and size: four bits of the size in the first byte, seven in each that follows, lowest first."""
    byte, size = (kind << 4) | (size & 15), size >> 4
    header = bytearray()
    while size:
        header.append(byte | 0x80)
        byte, size = size & 0x7F, size >> 7
    header.append(byte)
    return bytes(header)
