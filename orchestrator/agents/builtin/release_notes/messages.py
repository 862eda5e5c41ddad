"""A commit's message taken apart: its title, and what its lines state. It judges no commit by another.

The conventions: conventionalcommits.org, git's and the forges' trailers, the subjects that GitHub, GitLab, Bitbucket
and Azure give to merges, and the words with which projects without any convention mark a breaking change.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from orchestrator.agents.builtin.release_notes.history import Commit, Person
from orchestrator.agents.builtin.release_notes.plainly import plain
from orchestrator.model.breaks import BANG, breaks_in

LONGEST_BODY = 24_000
"""Characters: what `new` keeps of a body, and more."""
LONGEST_SUBJECT = 1_200
"""Characters: what `new` keeps of a subject, and more. It is cut where it is told, when all is known of it."""
LONGEST_NOTE = 400
"""Characters of one thing that is said of a breaking change."""
LONGEST_NOTES = 2_400
"""Of all that one commit says."""

_NUMBER = r"(?P<number>\d{1,9})"
_PULL_MERGES = (
    re.compile(rf"Merge pull request #{_NUMBER}\b(?: from [^\s/]{{1,100}}/(?P<branch>\S{{1,200}}))?"),
    re.compile(rf"Merged in (?P<branch>\S{{1,200}}) \(pull request #{_NUMBER}\)"),
    re.compile(rf"Merged PR {_NUMBER}: (?P<title>.+)"),
)
_SEE_REQUEST = re.compile(rf"(?m)^See merge request (?:\S{{1,200}})?!{_NUMBER}\s*$")
_JOINS = re.compile(r"(?:Merge|Merged|Merging|Auto-?merge)\b", re.IGNORECASE)
_CONFLICTS = re.compile(r"(?:fix|resolve)[sd]? (?:bad |the )?(?:merge|conflict)", re.IGNORECASE)
_PULL_AT_END = re.compile(rf"\s*\((?:[A-Za-z]{{2}}-|pr |pull )?[#!]{_NUMBER}\)\s*$", re.IGNORECASE)
_CONVENTIONAL = re.compile(
    r"(?P<type>[A-Za-z][A-Za-z_-]{1,19})(?:\((?P<scope>[^()\n]{0,1000})\))?:\s{1,10}(?P<title>\S.*)"
)
_SPACED = re.compile(
    r"(?P<type>[A-Za-z][A-Za-z_-]{1,19}) {0,2}(?P<scope>\([^()\n]{0,1000}\))? {0,2}(?P<bang>!)? {0,2}:(?!:)"
    r"(?(bang)|(?=\s))\s*(?=\S)"
)
"""`feat (api) !: x`, as some put spaces into it."""
_EMOJI_BANG = re.compile(rf"(?P<bang>{BANG}):\s*(?=\S)")
_BANG = re.compile(
    rf"(?P<before>[A-Za-z0-9][\w./-]{{0,39}}(?:: [A-Za-z0-9][\w./-]{{0,39}}){{0,2}})(?P<bang>{BANG}):(?!:)\s*(?=\S)"
)
_COMPONENT = re.compile(r"(?P<scope>[A-Za-z0-9][\w./-]{0,39}(?:: [A-Za-z0-9][\w./-]{0,29}){0,2}): (?P<title>\S.*)")
_TAGGED = re.compile(r"\[(?P<type>[A-Za-z][A-Za-z -]{1,19})\](?P<bang>!(?=:))?:?\s{0,5}(?P<title>\S.*)")
_REVERT = re.compile(
    r"(?:revert(?:s|ed)?|back ?out)(?:\((?P<scope>[^()\n]{0,1000})\))?!?[: ]\s{0,5}[\"“]?(?P<title>.+?)[\"”]?",
    re.IGNORECASE,
)
_QUOTED_REVERT = re.compile(r"(?:revert(?:s|ed)?|back ?out)\s{1,5}[\"“]", re.IGNORECASE)
_REAPPLY = re.compile(r"(?:reapply|re-apply|reland|re-land)\b[: ]\s{0,5}[\"“]?(?P<title>.+?)[\"”]?", re.IGNORECASE)
_REVERTED = re.compile(
    r"\b[Tt]his reverts (?:(?:both|the|these) )?(?:commit|merge|changeset)s?[:\s]{1,4}(?:[-*•]\s{1,4})?`?"
    r"([0-9a-f]{7,64})\b(?!\^?\.\.)"
)
_BESIDE = r"[ \t`]|\n(?![ \t]{0,9}\n)|\([^()\n]{0,200}\)|\"[^\"\n]{0,200}\""
"""What may stand beside a hash in a list of them: spaces within a paragraph, and the title of the commit."""
_REVERTED_MORE = re.compile(
    rf"(?:{_BESIDE}){{0,20}}(?:[,&+]|\band\b|\n[ \t]{{0,8}}[-*•])"
    rf"(?:{_BESIDE}|[,&+]|\b(?:and|also|reverts?|(?:commit|merge|changeset)s?)\b){{0,20}}"
    r"([0-9a-f]{7,64})\b(?!\^?\.\.)"
)
"""The next hash of such a list. Git's own `reversing changes made to …` names none that is reverted."""
_REVERTED_PULL = re.compile(rf"(?m)^Reverts (?:[\w.-]{{1,100}}/[\w.-]{{1,100}})?[#!]{_NUMBER}\b")
_CLOSES = re.compile(
    rf"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):? {{1,3}}(?:[\w.-]{{1,100}}/[\w.-]{{1,100}})?#{_NUMBER}\b", re.I
)
_TRAILER = re.compile(
    r"(?mi)^(co-authored-by|reviewed-by)[ \t]{0,5}:[ \t]{0,5}([^<>\n]{0,200}?)[ \t]{0,5}<([^<>\n]{1,254})>"
)
_NOTHING = re.compile(
    r"(?i)\W*(?:(?:there (?:are|is)|this \w{1,12} (?:has|contains|introduces|is)|it has) )?"
    r"(?:none|no|nothing|n/?a|not applicable|(?:no|not a) (?:known )?(?:api )?breaking changes?)?\W*"
)
_COMMENT = re.compile(r"<!--.{0,1000}?-->")
_SUBJECT_NOTE = re.compile(
    r"(?i)^\W{0,4}(?:breaking(?: changes?)?\W{0,3}[:\]]|breaking changes?$)|[\[(]breaking(?: changes?)?[\])]"
    r"|\b(?:(?:is|makes?|introduces?) a|introduces?) breaking change|\bbackwards?[- ]incompatible\b|💥"
    r"|(?-i:\bBREAKING(?:[ -]CHANGES?)?\s{0,3}[:)\]]|[,;(–—-]\s{0,3}BREAKING[ -]CHANGES?$)"
)
_NO_NOTE = re.compile(
    r"(?i)\b(?:non|not|no|without|isn't|aren't|avoid|fix|undo)\b[\s\w'-]{0,12}(?:breaking|backwards?[- ]incompat)"
)
_SUBJECT_MARK = re.compile(
    r"(?i)^\W{0,4}breaking(?: changes?)?\W{0,3}[:\]]\W{0,3}|\s*[\[(]breaking(?: changes?)?[\])]|💥\s*"
)
_GITMOJI = re.compile(r"^(?::[a-z_]{2,40}:|[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f]{1,4})\s{0,3}")


@dataclass(frozen=True, slots=True)
class Head:
    """What a title says: `feat(ui): read it` has the type `feat`, the scope `ui` and the title `Read it`."""

    type: str | None
    scope: str | None
    title: str
    is_breaking: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """What a message says. `title` is its subject without what is told elsewhere: kind, scope, number."""

    subject: str
    title: str
    type: str | None = None
    scope: str | None = None
    breaking: str | None = None
    pull: int | None = None
    is_pull_merge: bool = False
    is_branch_merge: bool = False
    reverts: tuple[str, ...] = ()
    """Hashes, whole or short, of what it says to revert; whether it is a revert, its type and title say."""
    reverted_title: str | None = None
    reverted_head: Head | None = None
    """The title that it reverts, taken apart; of which scope, it or `revert(ui): …` says."""
    reverted_pull: int | None = None
    reapplied_title: str | None = None
    closes: tuple[int, ...] = ()
    co_authors: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()

    @property
    def undoes(self) -> bool:
        """Whether it is a revert, or the revert of one, by its subject: others may name what they revert in part."""
        return self.type == "revert" or self.reapplied_title is not None


def read_message(commit: Commit, types: frozenset[str]) -> Message:
    """Return what the commit's message says. `types` are the words that count as a conventional type."""
    body = commit.body[:LONGEST_BODY]
    subject = plain(commit.subject, LONGEST_SUBJECT)
    said, pull, is_pull_merge = _told(commit, subject, body)
    head = _head(said, types)
    undone = _undone(said, body, types)
    reapply = _REAPPLY.fullmatch(said)
    closed = (int(found["number"]) for found in _CLOSES.finditer(f"{commit.subject[:500]}\n{body}"))
    return Message(
        subject=subject,
        title=head.title,
        type="revert" if undone.is_revert else head.type,
        scope=head.scope,
        breaking=_breaking(body, head),
        pull=pull,
        is_pull_merge=is_pull_merge,
        is_branch_merge=not is_pull_merge and _is_branch_merge(commit, subject),
        reverts=undone.hashes,
        reverted_title=undone.title,
        reverted_head=undone.head,
        reverted_pull=undone.pull,
        reapplied_title=_bare(reapply["title"]) if reapply else None,
        closes=tuple(dict.fromkeys(closed)),
        co_authors=_people(body, "co-authored-by"),
        reviewers=_people(body, "reviewed-by"),
    )


@dataclass(frozen=True, slots=True)
class _Undone:
    """What a message says that it takes back; its hashes and its pull request may be told by one that is no revert."""

    is_revert: bool
    hashes: tuple[str, ...]
    pull: int | None
    title: str | None
    head: Head | None


def _undone(said: str, body: str, types: frozenset[str]) -> _Undone:
    revert, pull, hashes = _REVERT.fullmatch(said), _REVERTED_PULL.search(body), tuple(_reverted_hashes(body))
    is_revert = bool(revert and (hashes or pull or said[:6].casefold() == "revert"))
    return _Undone(
        is_revert,
        hashes,
        int(pull["number"]) if pull else None,
        _bare(revert["title"]) if revert and is_revert else None,
        _reverted_head(revert, types) if revert and is_revert else None,
    )


def _reverted_head(revert: re.Match[str], types: frozenset[str]) -> Head:
    head = _head(_bare(revert["title"]), types)
    return replace(head, scope=head.scope or _scope(revert["scope"]))


def _told(commit: Commit, subject: str, body: str) -> tuple[str, int | None, bool]:
    """The line that says what was done, the pull request's number, and whether the commit merges one."""
    for pattern in _PULL_MERGES:
        if found := pattern.match(subject):
            named = found.groupdict()
            title = named.get("title") or _first_line(body) or (named.get("branch") or "").replace("-", " ")
            return _without_number(plain(title) or subject)[0], int(found["number"]), True
    request = _SEE_REQUEST.search(body)
    if request:
        title = _first_line(body) if subject.startswith("Merge branch") else subject
        return _without_number(plain(title) or subject)[0], int(request["number"]), len(commit.parents) > 1
    said, number = _without_number(subject)
    return said, number, len(commit.parents) > 1 and not (_JOINS.match(subject) or _CONFLICTS.match(subject))


def _is_branch_merge(commit: Commit, subject: str) -> bool:
    """What joins lines of work, or mends such a join, and says nothing else."""
    if len(commit.parents) > 1:
        return True
    joins = r"Merge (?:remote-tracking )?branch\b|Merge pull request\b"
    return bool(re.match(joins, subject) or _CONFLICTS.match(subject))


def _first_line(body: str) -> str:
    lines = (line.strip() for line in body.split("\n"))
    return next((line for line in lines if line and not line.startswith(("See merge request", "Closes", "* "))), "")


def _without_number(subject: str) -> tuple[str, int | None]:
    """The subject without the numbers of pull requests at its end, and the last of them, which merged it."""
    number: int | None = None
    for _ in range(3):
        found = _PULL_AT_END.search(subject)
        if not found or not subject[: found.start()].strip():
            break
        number = int(found["number"]) if number is None else number
        subject = subject[: found.start()]
    return subject, number


def _head(said: str, types: frozenset[str]) -> Head:
    """Part `feat(parser)!: allow x` into what it says."""
    bare = _SUBJECT_MARK.sub("", said).strip() or said
    emoji = _GITMOJI.match(bare)
    bare = bare[emoji.end() :] if emoji and bare[emoji.end() :].strip() else bare
    bare = _closed_up(bare, types)
    bang = _BANG.match(bare) or (_EMOJI_BANG.match(bare) if emoji else None)
    head = _unmarked(_without_bang(bare, bang) if bang else bare, types)
    title = _capital(_SUBJECT_MARK.sub("", head.title).strip()) or head.title
    is_marked = any(_SUBJECT_NOTE.search(each) for each in (said, head.title))
    is_marked = is_marked and not _NO_NOTE.search(said) and not _QUOTED_REVERT.match(said)
    return replace(head, title=title, is_breaking=head.is_breaking or is_marked or bang is not None)


def _closed_up(bare: str, types: frozenset[str]) -> str:
    """`feat (api) !: x` as `feat(api)!: x`."""
    found = _SPACED.match(bare)
    if found is None or found["type"].casefold() not in types:
        return bare
    return f"{found['type']}{found['scope'] or ''}{found['bang'] or ''}: {bare[found.end() :]}"


def _without_bang(bare: str, bang: re.Match[str]) -> str:
    """A title without its bang; what stands behind an emoji alone has a scope, or nothing, before its colon."""
    mark, rest = bang["bang"].replace("!", "", 1), bare[bang.end() :]
    before = bang.groupdict().get("before")
    if before is None:
        return f"{mark.strip(' ()')}: {rest}" if mark.strip(" ()") else rest
    return f"{before}{mark.lstrip()}: {rest}"


def _unmarked(bare: str, types: frozenset[str]) -> Head:
    found = _CONVENTIONAL.fullmatch(bare)
    if found and (found["type"].casefold() in types or found["scope"]):
        is_known = found["type"].casefold() in types
        scope = _scope(found["scope"] if is_known else f"{found['type']}({found['scope']})")
        return Head(found["type"].casefold() if is_known else None, scope, _capital(found["title"]))
    tagged = _TAGGED.fullmatch(bare)
    if tagged and tagged["type"].casefold() in types:
        return Head(tagged["type"].casefold(), None, _capital(tagged["title"]), bool(tagged["bang"]))
    component = _COMPONENT.fullmatch(bare)
    if component and "://" not in bare[:60]:
        return Head(None, component["scope"], _capital(component["title"]))
    return Head(None, None, _capital(bare))


def _scope(scope: str | None) -> str | None:
    """Several scopes are told as the first and how many more there are: a list of packages is no name."""
    parts = [part.strip() for part in (scope or "").split(",") if part.strip()]
    return ", ".join(parts[:2]) + (" …" if len(parts) > 2 else "") if parts else None


def _capital(title: str) -> str:
    """A title as a line of a list begins, unless its first word is a name written small (`pip`, `setup.py`, `--x`)."""
    word = title.split(" ", 1)[0]
    return title[:1].upper() + title[1:] if word.isalpha() and word.islower() else title


def _bare(title: str) -> str:
    return _without_number(title.strip().strip("\"“”'"))[0]


def _reverted_hashes(body: str) -> Iterator[str]:
    for found in _REVERTED.finditer(body):
        yield found[1]
        place = found.end()
        while more := _REVERTED_MORE.match(body, place):
            yield more[1]
            place = more.end()


def _breaking(body: str, head: Head) -> str | None:
    """What is said of the break: all that the body says, or the title where the message only marks it."""
    found = breaks_in(body.split("\n"))
    notes = [plain(_COMMENT.sub(" ", note), LONGEST_NOTE) for each in found for note in each.notes]
    said = [note for note in dict.fromkeys(notes) if not _NOTHING.fullmatch(note)]
    title = plain(head.title, LONGEST_NOTE)
    more = [note for note in said if note.casefold() != title.casefold()]
    if more:
        return _joined(more)
    is_breaking = head.is_breaking or said or any(not each.notes for each in found)
    return plain(head.title) if is_breaking else None


def _joined(notes: Sequence[str]) -> str:
    """The notes as one line; of more than fit, how many more there are."""
    sizes = accumulate(len(note) + 2 for note in notes)
    fitting = sum(size <= LONGEST_NOTES for size in sizes)
    more = [f"and {len(notes) - fitting} more"] if fitting < len(notes) else []
    return "; ".join([*notes[:fitting], *more])


def _people(body: str, trailer: str) -> tuple[Person, ...]:
    found = _TRAILER.findall(body)
    return tuple(
        dict.fromkeys(Person(name=name, email=email) for key, name, email in found if key.casefold() == trailer)
    )
