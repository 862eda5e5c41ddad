"""A commit of another repository, made text: by whom, when, and what they said. Bytes in, values out; nothing is read.

All of it is the word of strangers: sizes and dates are bounded, and a date or a zone that cannot be is 0.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, chain

from orchestrator.ledger.mailmap import Mailmap
from orchestrator.ledger.values import Person
from orchestrator.model.breaks import CUT, begins_break, breaks_in
from orchestrator.model.excerpts import beginning

MOST_SUBJECT = 1_000
"""Characters."""
MOST_BODY = 4_000
MOST_BREAKS = 16_000
"""Of what says that a commit breaks something, above MOST_BODY."""
MOST_CO_AUTHORS = 100
_BODY_HEAD, _BODY_FOOT, _BODY_PEOPLE = 2_000, 1_000, 900
_LINE_HEAD, _LINE_FOOT = 1_000, 500
_LEAST_LINE = 400
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
class Moment:
    """Unix time, and the zone in which it was told: minutes east of UTC. What cannot be is 0."""

    date: int
    zone: int


@dataclass(frozen=True, slots=True)
class ForeignCommit:
    """A commit as text. `date` is the author's, Unix time; `zone` minutes east of UTC; people as the mailmap has them.

    `committed` is when it came to be as it is: after the author's date, where it was rebased, amended or picked.
    `body` is the message without its subject. One above MOST_BODY keeps its beginning, its end and, of what lies
    between, the passages that say what breaks, then the lines that name a co-author.
    """

    id: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    date: int
    zone: int
    committed: Moment
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
    name, email, written = _signature(text_of(headers.get(b"author", b""), said_encoding))
    _, _, committed = _signature(text_of(headers.get(b"committer", b""), said_encoding))
    subject, body = _parts(text_of(message, said_encoding))
    return ForeignCommit(
        id=oid,
        tree=headers.get(b"tree", b"").decode("ascii", "replace"),
        parents=tuple(parents),
        author=mailmap.person(name, email),
        date=written.date,
        zone=written.zone,
        committed=committed,
        subject=beginning(subject, MOST_SUBJECT),
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


def moment_of(said: str) -> Moment:
    """Return the moment that git writes as `1746915512 -0700`; 0 for what is none."""
    found = re.fullmatch(r" ?(-?\d{1,18})(?: ([-+])(\d\d)(\d\d))?", said[:40])
    if found is None:
        return Moment(0, 0)
    date = int(found[1])
    minutes = int(found[3]) * 60 + int(found[4]) if found[2] else 0
    zone = minutes if minutes <= _MOST_ZONE else 0
    return Moment(date if 0 <= date <= _LAST_DATE else 0, -zone if found[2] == "-" else zone)


def _signature(line: str) -> tuple[str, str, Moment]:
    """Return name, address and moment of an author line; what is missing is empty or 0."""
    who, _, when = line.rpartition(">")
    name, _, email = who.partition("<")
    return name.strip(), email.strip(), moment_of(when)


def _parts(message: str) -> tuple[str, str]:
    """Return the subject, which is the first paragraph in one line as far as it says no break, and the body."""
    lines = message.replace("\r\n", "\n").lstrip().split("\n")
    ends = (at for at, line in enumerate(lines) if not line.strip() or (at and begins_break(line)))
    after = next(ends, len(lines))
    begins = next((number for number, line in enumerate(lines) if number >= after and line.strip()), len(lines))
    return " ".join(line.strip() for line in lines[:after]), "\n".join(lines[begins:]).rstrip()


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


# --- long bodies -----------------------------------------------------------------------------------------------------


def _shortened(body: str) -> str:
    """Return a body that is not too long; of the passages that say what breaks none is cut in two at its ends."""
    if len(body) <= MOST_BODY:
        return body
    lines = [_cut_within(line) for line in body.split("\n")]
    breaks = [(each.first, each.after) for each in breaks_in(lines)]
    head = _outside(_fitting(lines, _BODY_HEAD), breaks)
    foot = max(head, len(lines) - _fitting(lines[::-1], _BODY_FOOT))
    foot = next((after for first, after in breaks if first < foot < after), foot)
    between = [each for each in breaks if head <= each[0] and each[1] <= foot]
    people = [line for line in lines[head:foot] if _CO_AUTHOR.match(line)]
    middle = [*_kept(lines, between), people[: _fitting(people, _BODY_PEOPLE)]]
    gap = [CUT] if head < foot else []
    parts = [lines[:head], gap, *middle, gap if any(middle) and lines[foot:] else [], lines[foot:]]
    return "\n\n".join(text for part in parts if (text := "\n".join(part).strip("\n")))


def _outside(place: int, breaks: Iterable[tuple[int, int]]) -> int:
    """Return the line, or, where it lies within a passage, the passage's first."""
    return next((first for first, after in breaks if first < place < after), place)


def _fitting(lines: Iterable[str], room: int) -> int:
    """Return how many of the lines, from the first on, have so many characters at most."""
    return sum(size <= room for size in accumulate(len(line) + 1 for line in lines))


def _kept(lines: Sequence[str], breaks: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Return the passages' lines. Where they are too many, what each begins with goes before what it goes on with."""
    whole = [list(lines[first:after]) for first, after in breaks]
    if _fitting(chain(*whole), MOST_BREAKS) == sum(map(len, whole)):
        return whole
    order = sorted((place - first, place) for first, after in breaks for place in range(first, after))
    short = {place: beginning(lines[place], _LEAST_LINE) for _, place in order}
    fitting = set(list(short)[: _fitting(short.values(), MOST_BREAKS)])
    return [[short[place] for place in range(first, after) if place in fitting] for first, after in breaks]


def _cut_within(line: str) -> str:
    is_long = len(line) > _LINE_HEAD + _LINE_FOOT
    return f"{line[:_LINE_HEAD]} {CUT} {line[-_LINE_FOOT:]}" if is_long else line
