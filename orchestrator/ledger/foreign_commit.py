"""A commit of another repository, made text: by whom, when, and what they said. Bytes in, values out; nothing is read.

All of it is the word of strangers: sizes and dates are bounded, and a date or a zone that cannot be is 0.
"""

import re
from dataclasses import dataclass
from functools import partial

from orchestrator.ledger.mailmap import Mailmap
from orchestrator.ledger.values import Person

MOST_SUBJECT = 1_000
"""Characters."""
MOST_BODY = 4_000
MOST_CO_AUTHORS = 100
_BODY_HEAD, _BODY_FOOT, _BODY_KEPT = 2_000, 1_000, 900
_KEPT = re.compile(r"BREAKING|co-authored-by:", re.IGNORECASE)
_LAST_DATE = 253_402_128_000  # 9999-12-30T00:00:00Z: a day that exists in every zone
_MOST_ZONE = 14 * 60

_CO_AUTHOR = re.compile(
    r"^(?P<key>[ \t]{0,20}co-authored-by:[ \t]{0,20})(?P<name>[^<>\n]{0,200})<(?P<email>[^<>\s]{1,200})>",
    re.IGNORECASE | re.MULTILINE,
)
# Python also knows codecs that are no character sets, and some that take the square of a text's length.
_CHARACTER_SET = re.compile(
    r"us-ascii|utf-?8|iso-?8859-?\d{1,2}|latin-?\d|(windows-|cp)\d{3,4}|koi8-[rut]|euc-?(jp|kr)|shift[_-]?jis|sjis"
    r"|gb(k|2312|18030)|big5|iso-2022-(jp|kr)|mac-?roman",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ForeignCommit:
    """A commit as text. `date` is the author's, Unix time; `zone` minutes east of UTC; people as the mailmap has them.

    `body` is the message without its subject. One above MOST_BODY keeps its beginning, its end and, of what lies
    between, the lines that name a breaking change or a co-author.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    date: int
    zone: int
    subject: str
    body: str
    co_authors: tuple[Person, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Return the addresses of author and co-authors, case-folded, each once."""
        emails = (person.email.casefold() for person in (self.author, *self.co_authors))
        return tuple(dict.fromkeys(email for email in emails if email))


def decode_foreign(oid: str, raw: bytes, mailmap: Mailmap) -> ForeignCommit:
    """Return the commit of that id."""
    head, _, message = raw.partition(b"\n\n")
    headers: dict[bytes, bytes] = {}
    parents: list[str] = []
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key == b"parent":
            parents.append(value.decode("ascii", "replace"))
        else:
            headers.setdefault(key, value)
    said_encoding = headers.get(b"encoding", b"").decode("ascii", "replace")
    name, email, date, zone = _signature(text_of(headers.get(b"author", b""), said_encoding))
    subject, body = _parts(text_of(message, said_encoding))
    return ForeignCommit(
        id=oid,
        tree=headers.get(b"tree", b"").decode("ascii", "replace"),
        parents=tuple(parents),
        author=mailmap.person(name, email),
        date=date,
        zone=zone,
        subject=_cut(subject, MOST_SUBJECT),
        body=_shortened(_CO_AUTHOR.sub(partial(_renamed, mailmap), body)),
        co_authors=_co_authors(body, mailmap),
    )


def text_of(raw: bytes, encoding: str = "") -> str:
    """Return bytes as text: UTF-8, else by the encoding that is said, else Latin-1, which takes anything."""
    # What the 7-bit encodings write is UTF-8 too, but means something else.
    order = (encoding, "utf-8") if encoding[:8].casefold() == "iso-2022" else ("utf-8", encoding)
    for each in order:
        if _CHARACTER_SET.fullmatch(each):
            try:
                return raw.decode(each)
            except (UnicodeDecodeError, LookupError):
                pass
    return raw.decode("latin-1")


def _signature(line: str) -> tuple[str, str, int, int]:
    """Return name, address, date and zone of an author line; what is missing is empty or 0."""
    who, _, when = line.rpartition(">")
    name, _, email = who.partition("<")
    found = re.fullmatch(r" ?(-?\d{1,18})(?: ([-+])(\d\d)(\d\d))?", when[:40])
    if found is None:
        return name.strip(), email.strip(), 0, 0
    date = int(found[1])
    minutes = int(found[3]) * 60 + int(found[4]) if found[2] else 0
    zone = minutes if minutes <= _MOST_ZONE else 0
    return name.strip(), email.strip(), date if 0 <= date <= _LAST_DATE else 0, -zone if found[2] == "-" else zone


def _parts(message: str) -> tuple[str, str]:
    """Return the subject, which is the first paragraph in one line, and the body."""
    lines = message.replace("\r\n", "\n").lstrip().split("\n")
    blank = next((number for number, line in enumerate(lines) if not line.strip()), len(lines))
    begins = next((number for number, line in enumerate(lines) if number > blank and line.strip()), len(lines))
    return " ".join(line.strip() for line in lines[:blank]), "\n".join(lines[begins:]).rstrip()


def _co_authors(body: str, mailmap: Mailmap) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for said in _CO_AUTHOR.finditer(body):
        person = mailmap.person(said["name"].strip(), said["email"])
        found.setdefault(person.email.casefold(), person)
        if len(found) == MOST_CO_AUTHORS:
            break
    return tuple(found.values())


def _renamed(mailmap: Mailmap, said: re.Match[str]) -> str:
    """Return a co-author's line with the name and the address by which the mailmap knows them."""
    name = said["name"].strip()
    person = mailmap.person(name, said["email"])
    return said[0] if person == Person(name, said["email"]) else f"{said['key']}{person.name} <{person.email}>"


def _shortened(body: str) -> str:
    if len(body) <= MOST_BODY:
        return body
    between = body[_BODY_HEAD:-_BODY_FOOT].split("\n")
    kept = "\n".join(line for line in between if _KEPT.match(line))[:_BODY_KEPT]
    parts = [body[:_BODY_HEAD].rstrip(), "[…]", kept, body[-_BODY_FOOT:].lstrip()]
    return "\n\n".join(part for part in parts if part)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
