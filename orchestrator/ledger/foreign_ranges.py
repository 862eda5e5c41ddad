"""Ranges of another repository: what a person's `v1.0..v1.1` means, in whole ids. Reads only.

A word of a range is asked of git behind `--end-of-options`, once, and must come to a commit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from orchestrator.errors import UsageError
from orchestrator.ledger.foreign_commit import text_of
from orchestrator.ledger.objects import Format
from orchestrator.ledger.process import Git
from orchestrator.model.names import shown
from orchestrator.model.nearness import nearest

LONGEST_NAME = 200
"""Characters of a tag, and of an end of a range; what is longer is none."""
NO_REPOSITORY = "name the folder of a clone; a relative one is seen from where you stand"
_NO_COMMITS = "commit there first, or name another repository: --set repo=<folder of a clone>"
_MOST_TAGS_TOLD = 10
# 1.2, 2024-01-31, or one short number: a long one is that of a build, or the beginning of an id.
_VERSION = re.compile(
    r"\d{1,8}[._]\d|\d{1,4}-\d{1,3}(?!\d)|(\d{1,4}|(19|20)\d{6})(?=$|[._-]\D|(a|b|c|rc|alpha|beta|pre|dev)\d{0,3}$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the commit that it comes to."""

    name: str
    commit: str

    @property
    def prefix(self) -> str:
        """Return what stands before the version."""
        return self.name.removesuffix(self.version)

    @property
    def series(self) -> str:
        """Return what the tags of one series of releases share: their prefix, without the v of the version."""
        return re.sub(r"(?<![^\W\d_])[vV]$", "", self.prefix)

    @property
    def version(self) -> str:
        """Return the tag from its first digit on."""
        found = re.search(r"\d.*", self.name, re.DOTALL)
        return found[0] if found else ""

    @property
    def is_version(self) -> bool:
        """Say whether it looks like one, and not like the number of a build or the beginning of an id."""
        return _VERSION.match(self.version) is not None

    def is_candidate_of(self, other: "Tag") -> bool:
        """Say whether it goes on from another one by a word, as 8.2.0rc1 does from 8.2.0."""
        begins = bool(other.version) and self.version.startswith(other.version)
        rest = self.version.removeprefix(other.version)
        return begins and re.match(r"\.?\d", rest) is None


@dataclass(frozen=True, slots=True)
class Range:
    """The commits that `last` reaches and `first` does not; `first` None: all. The names are those of tags."""

    text: str
    """As git would take it: `v1.0..v1.1`."""
    first: str | None
    last: str
    first_name: str | None
    last_name: str | None


@dataclass(frozen=True)
class Ranges:
    """What can be asked of a repository, which messages call `name`. Raises LedgerError where git cannot answer."""

    git: Git
    form: Format
    name: str

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The tags that come to a commit, in the order of their versions."""
        listed = self._refs("--sort=version:refname")
        asked = "".join(f"{oid}^{{commit}}\n" for oid, _ in listed)
        peeled = lines_of(self.git.run("cat-file", "--batch-check", "--buffer", stdin=asked.encode()))
        found = ((name, line.split()) for (_, name), line in zip(listed, peeled, strict=True))
        return tuple(Tag(name, w[0]) for name, w in found if w[1:2] == ["commit"] and len(name) <= LONGEST_NAME)

    def resolve(self, said: str) -> Range:
        """Return the range that is meant, in whole ids.

        `a..b` as in git; `b` is from the tag before it; nothing at all is from the latest tag to HEAD. Where there is
        no tag to begin from, it is all. Raises UsageError for what is not there, is empty or runs backwards.
        """
        text = said.strip()
        if "..." in text:
            two = shown(text.replace("...", ".."))
            raise UsageError(f"the range {shown(text)} has three dots", hint=f"did you mean {two}?")
        first, dots, last = text.partition("..")
        if dots:
            found = self._between(first or "HEAD", last or "HEAD")
        else:
            found = self._up_to(text or "HEAD", is_latest=not text)
        if not self._count(found.last, found.first, "--max-count=1"):
            raise self._nothing(found)
        return found

    def _between(self, first: str, last: str) -> Range:
        begin, end = self._commit(first), self._commit(last)
        return Range(f"{first}..{last}", begin, end, self._tag_name(first, begin), self._tag_name(last, end))

    def _up_to(self, last: str, *, is_latest: bool) -> Range:
        end = self._commit(last)
        name = self._tag_name(last, end)
        release = Tag(name or "", end)
        before = self._nearest_tag(release, self.tags if is_latest else self._earlier_tags(release))
        if before is None:
            return Range(last, None, end, None, name)
        return Range(f"{before.name}..{last}", before.commit, end, before.name, name)

    def _commit(self, word: str) -> str:
        """Return the commit that a word of a range means. Raises UsageError."""
        if word.isprintable() and len(word) <= LONGEST_NAME:
            ran = self.git.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{word}^{{commit}}")
            oid = ran.out.decode("ascii", "replace").strip()
            if ran.status == 0 and self.form.is_id(oid):
                return oid
        if word == "HEAD":
            raise UsageError(f"{self.name} has no commits yet", hint=_NO_COMMITS)
        names = [tag.name for tag in self.tags]
        near = nearest(word, names)
        hint = f'did you mean "{near}"?' if near else self._tags_told()
        raise UsageError(f"{self.name} has no tag, branch or commit {shown(word)}", hint=hint)

    def _tag_name(self, word: str, commit: str) -> str | None:
        """Return the tag that a word names, else the one that stands at the commit."""
        short = word.removeprefix("refs/").removeprefix("tags/")
        there = [tag for tag in self.tags if tag.commit == commit]
        if short in {tag.name for tag in there} or not there:
            return short if there else None
        return _best_last(there, Tag("", commit))[-1].name

    def _earlier_tags(self, release: Tag) -> tuple[Tag, ...]:
        """Return the tags from which a release may begin: of its own series where there are any."""
        others = tuple(tag for tag in self.tags if tag.commit != release.commit)
        alike = [tag for tag in others if tag.series == release.series and tag.is_version >= release.is_version]
        own = [tag for tag in alike if release.name and not tag.is_candidate_of(release)]
        reached = self._reached({tag.name for tag in own}, release.commit)
        return tuple(tag for tag in own if tag.name in reached) or others

    def _nearest_tag(self, release: Tag, tags: Sequence[Tag]) -> Tag | None:
        """Return, of the tags that the release reaches, the one with the fewest commits since."""
        commit = release.commit
        reached = self._reached({tag.name for tag in tags}, commit)
        known = {tag.commit: tag for tag in _best_last(tags, release) if tag.name in reached}
        if commit in known or not known:
            return known.get(commit)
        # Where the walk is stopped by the tags, it comes to those that no other one reaches.
        asked = "".join([f"{commit}\n", *(f"^{oid}\n" for oid in known)])
        lines = lines_of(self.git.run("rev-list", "--boundary", "--stdin", stdin=asked.encode()))
        stops = [known[line[1:]] for line in lines if line.startswith("-") and line[1:] in known]
        return min(stops, key=lambda tag: self._count(commit, tag.commit), default=None)

    def _reached(self, names: set[str], commit: str) -> set[str]:
        return {name for _, name in self._refs(f"--merged={commit}")} & names if names else set()

    def _count(self, last: str, first: str | None, *options: str) -> int:
        return int(self.git.run("rev-list", "--count", *options, last, *([f"^{first}"] if first else [])))

    def _nothing(self, found: Range) -> UsageError:
        first, _, last = found.text.partition("..")
        if found.first == found.last:
            return UsageError(f"nothing came since {first}: {last} is the same commit", hint=self._instead(first))
        return UsageError(
            f"the range {found.text} runs backwards: {first} has all of {last}", hint=f"did you mean {last}..{first}?"
        )

    def _instead(self, tag: str) -> str:
        names = [tag.name for tag in self.tags]
        return f"{tag} alone means what that release brought" if tag in names else self._tags_told()

    def _tags_told(self) -> str:
        names = [shown(tag.name)[1:-1] for tag in reversed(self.tags)]
        more = " …" if len(names) > _MOST_TAGS_TOLD else ""
        return (
            f"its latest tags: {', '.join(names[:_MOST_TAGS_TOLD])}{more}" if names else "it has no tags: name commits"
        )

    def _refs(self, *options: str) -> list[tuple[str, str]]:
        """Return (id, short name) of the tags."""
        out = self.git.run("for-each-ref", *options, "--format=%(objectname) %(refname)", "refs/tags/")
        lines = (line.partition(" ") for line in text_of(out).split("\n") if line)
        return [(oid, name.removeprefix("refs/tags/")) for oid, _, name in lines]


def _best_last(tags: Sequence[Tag], release: Tag) -> list[Tag]:
    """Return tags so that of several on one commit the last is the most like the release: a version of its series."""

    def rank(tag: Tag) -> tuple[bool, ...]:
        is_alike = (tag.prefix == release.prefix, tag.series == release.series) if tag.is_version else (False, False)
        is_final = re.fullmatch(r"[\d._-]+", tag.version) is not None
        return *is_alike, tag.is_version, is_final, bool(tag.version)

    return sorted(tags, key=rank)


def lines_of(out: bytes) -> list[str]:
    """Return what git printed, line by line."""
    return out.decode("ascii", "replace").split("\n")[:-1]
