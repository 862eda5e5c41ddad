"""Made histories, for trying what reads them: `make(folder, kind)`, or `python tests/histories.py DIR` for all three.

Each is a bare repository, written by `git fast-import`; the same call makes the same commit ids on every machine.

`prefixes`   conventional subjects, squashed pull requests, every form of a breaking change, reverts, bots;
             v1.0.0, v1.1.0, v2.0.0, and one commit after it
`merges`     merges of branches (GitHub's and GitLab's words, an octopus, a criss-cross), no prefixes, a .mailmap,
             names and subjects in many scripts, one commit in Latin-1; 1.0, 1.1 and `latest`, a tag of a tag
`years`      5,000 commits of a project with packages, over six years; v0.1.0 to v5.0.0
"""

import random
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BEGAN = 1_577_872_800  # 2020-01-01T10:00:00Z
HOUR = 3_600
_TAG_MARKS = 1_000_000

ADA = ("Ada Lovelace", "ada@example.com")
GRACE = ("Grace Hopper", "grace@example.com")
ZOE = ("Zoë Ångström", "zoe@example.com")
LI = ("李小龙", "li@example.com")
NINA = ("Нина Петрова", "nina@example.com")
JOSE = ("José Muñoz", "jose@example.com")
AMIRA = ("أميرة حسن", "amira@example.com")
DEPENDABOT = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.example.com")
PRE_COMMIT = ("pre-commit-ci[bot]", "66853113+pre-commit-ci[bot]@users.noreply.example.com")
RENOVATE = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.example.com")

Author = tuple[str, str]


@dataclass
class Stream:
    """A `git fast-import` that is fed commits. Marks number them from 1; the clock goes an hour a commit."""

    pipe: IO[bytes]
    answers: IO[bytes]
    mark: int = 0
    now: int = BEGAN
    zone: str = "+0100"
    files: dict[str, int] = field(default_factory=dict)
    """Path → how often it was written: its content, where it has no text of its own."""
    texts: dict[str, str] = field(default_factory=dict)
    tips: dict[str, int] = field(default_factory=dict)
    tags: dict[str, int] = field(default_factory=dict)
    """Annotated tag → its mark."""

    def commit(
        self,
        message: str,
        by: Author = ADA,
        touches: Sequence[str] = ("src/app/main.py",),
        *,
        branch: str = "main",
        parents: Sequence[int] | None = None,
        brings: Sequence[str] = (),
        drops: Sequence[str] = (),
        encoding: str | None = None,
        after: int = HOUR,
    ) -> int:
        """Write a commit and return its mark. `parents` None: the branch's own last commit.

        `brings` are files as they stand on a branch that is merged: the tree begins as the first parent's.
        """
        self.mark, self.now = self.mark + 1, self.now + after
        text = message.encode(encoding or "utf-8")
        name = by[0].encode(encoding or "utf-8", "replace")
        who = b"%s <%s> %d %s" % (name, by[1].encode(), self.now, self.zone.encode())
        said = [f"commit refs/heads/{branch}\nmark :{self.mark}\n".encode(), b"author %s\ncommitter %s\n" % (who, who)]
        said += [f"encoding {encoding}\n".encode()] if encoding else []
        said.append(b"data %d\n%s\n" % (len(text), text))
        first, *others = parents or [self.tips.get(branch, 0)]
        # To name what the branch is at already would have git read its tree anew.
        said += [f"from :{first}\n".encode()] if first != self.tips.get(branch, 0) and first else []
        said += [f"merge :{other}\n".encode() for other in others]
        said += [f"D {path}\n".encode() for path in drops]
        said += [self._content(path, is_new=True) for path in touches]
        said += [self._content(path, is_new=False) for path in brings]
        self.pipe.write(b"".join([*said, b"\n"]))
        self.tips[branch] = self.mark
        return self.mark

    def _content(self, path: str, *, is_new: bool) -> bytes:
        self.files[path] = self.files.get(path, 0) + is_new
        text = (self.texts.get(path) or f"{path}, version {self.files[path]}\n").encode()
        return f"M 100644 inline {path}\n".encode() + b"data %d\n%s\n" % (len(text), text)

    def id(self, mark: int) -> str:
        """Return the id that git gave a commit."""
        self.pipe.write(f"get-mark :{mark}\n".encode())
        self.pipe.flush()
        return self.answers.readline().decode().strip()

    def revert(self, mark: int, subject: str, by: Author = ADA) -> int:
        """Write the commit that `git revert` would."""
        return self.commit(f'Revert "{subject}"\n\nThis reverts commit {self.id(mark)}.\n', by)

    def tag(self, name: str, *, message: str = "", of: str = "") -> None:
        """Tag the last commit: annotated where there is a message, else a plain ref. `of`: an annotated tag instead."""
        target = f":{self.tags[of] if of else self.mark}"
        if not message:
            self.pipe.write(f"reset refs/tags/{name}\nfrom {target}\n\n".encode())
            return
        self.tags[name] = _TAG_MARKS + len(self.tags)
        head = f"tag {name}\nmark :{self.tags[name]}\nfrom {target}\n"
        tagger = f"tagger {ADA[0]} <{ADA[1]}> {self.now} {self.zone}\n"
        self.pipe.write(f"{head}{tagger}data {len(message.encode())}\n{message}\n".encode())


def prefixes(out: Stream) -> None:
    """Write a history of conventional commits."""
    out.commit("feat: begin", touches=("README.md", "src/app/main.py", "pyproject.toml"))
    out.commit("docs: say what this is", GRACE, ("README.md",))
    out.commit("fix(cli): take an empty argument (#3)", GRACE, ("src/app/cli.py",))
    out.tag("v1.0.0", message="Release 1.0.0\n")
    out.commit("feat(api): list the jobs of a day (#12)\n\nCloses #9\n", ZOE, ("src/app/api.py", "tests/test_api.py"))
    out.commit("fix: do not lose the last line (#13)\n\nFixes #11\nCo-authored-by: 李小龙 <li@example.com>\n", NINA)
    out.commit("chore(deps): bump click from 8.1.7 to 8.1.8 (#14)", DEPENDABOT, ("pyproject.toml",))
    out.commit("[pre-commit.ci] pre-commit autoupdate (#15)", PRE_COMMIT, (".pre-commit-config.yaml",))
    out.commit("perf(core): read each file once", GRACE, ("src/app/core.py",))
    out.tag("v1.1.0", message="Release 1.1.0\n")
    out.commit("feat(api)!: drop the old endpoint (#16)", ADA, ("docs/api.md",), drops=("src/app/api.py",))
    out.commit(
        "refactor(core): one parser for all (#17)\n\nTwo did the same.\n\nBREAKING CHANGE: `parse()` returns a list,\n"
        "and no longer an iterator.\nReviewed-by: Grace Hopper <grace@example.com>\n",
        JOSE,
        ("src/app/core.py", "tests/test_core.py"),
    )
    out.commit("fix(cli): exit 2 on bad usage\n\nBREAKING-CHANGE: it was 1.\n", AMIRA, ("src/app/cli.py",))
    out.commit("build!: need Python 3.11", GRACE, ("pyproject.toml",))
    spaces = out.commit("feat: take tabs for spaces (#18)", LI)
    out.revert(spaces, "feat: take tabs for spaces (#18)")
    out.commit("Fix teh docs build", GRACE, ("docs/conf.py",))
    out.commit("style: wrap long lines\n\nCo-Authored-By: Zoë Ångström <zoe@example.com>\n", NINA)
    out.commit("test: cover the empty case", LI, ("tests/test_core.py",))
    out.commit("ci: run on every push", ADA, (".github/workflows/ci.yml",))
    out.commit("chore(deps): update dependency ruff to v0.9 (#21)", RENOVATE, ("pyproject.toml",))
    out.commit(
        "feat(ui): `<script>` | *stars* and [brackets](x) in a subject (#22)", ("Eve *b* [x]", "eve@example.com")
    )
    out.commit("docs: translate the guide into Русский and 中文 (#23)", NINA, ("docs/guide.ru.md", "docs/guide.zh.md"))
    out.tag("v2.0.0", message="Release 2.0.0\n")
    out.commit("feat: begin the next one", ADA)


_MAILMAP = f"# who is who\n{ZOE[0]} <{ZOE[1]}> <zoe@old.example.com>\n{JOSE[0]} <{JOSE[1]}> jose <root@localhost>\n"


def merges(out: Stream) -> None:
    """Write a history of merged branches, in which no subject has a prefix."""
    out.commit("Initial commit", touches=("README", "lib/tide/clock.c", "lib/moon/phase.c", "Makefile"))
    out.texts[".mailmap"] = _MAILMAP
    out.commit("List who is who", touches=(".mailmap",))
    out.commit("Add the tide table", ("Zoe A", "zoe@old.example.com"), ("lib/tide/table.c",))
    out.tag("1.0")
    _pull_request(out, 12, "tide-tables", "Read tide tables of any harbour", [("Read them", LI), ("Test it", LI)])
    _pull_request(out, 13, "häfen", "Fix the hour in summer", [("Correct the hour", ("jose", "root@localhost"))])
    out.commit("Ajoute l'été à la marée\n\nLes heures d'été étaient fausses.\n", JOSE, encoding="iso-8859-1")
    base = out.mark
    left = out.commit(
        "Remove support for BSD make\n\nBreaking: GNU make is needed.\n",
        GRACE,
        ("Makefile",),
        branch="make",
        parents=[base],
    )
    right = out.commit("Deprecate the phase of old moons", NINA, ("lib/moon/phase.c",), branch="moon", parents=[base])
    third = out.commit("Document the phases", AMIRA, ("doc/phases.txt",), branch="doc", parents=[base])
    brought = ("Makefile", "lib/moon/phase.c", "doc/phases.txt")
    out.commit("Merge branches 'make', 'moon' and 'doc'", ADA, (), parents=[base, left, right, third], brings=brought)
    _merge_request(out, 7, "harbour-list", "Rename the list of harbours", [("List them anew", GRACE)])
    _criss_cross(out)
    bad = out.commit("Add a faster clock", LI, ("lib/tide/clock.c",))
    out.revert(bad, "Add a faster clock", GRACE)
    out.commit(
        "[breaking] Count hours from 0\n\nBackwards incompatible: they began at 1.\n", NINA, ("lib/tide/clock.c",)
    )
    out.commit("Bump actions/checkout from 3 to 4", DEPENDABOT, (".github/workflows/ci.yml",))
    out.commit("潮汐表を読む", LI, ("lib/tide/表.c",))
    out.commit("Fix a typo\r\n\r\nIn the README,\r\nof all places.\r\n", ("", "nobody@example.com"), ("README",))
    out.commit("\n\nA subject\nof two lines\n\nAnd a body.\n", AMIRA, ("README",))
    out.commit("", GRACE, ("README",))
    out.tag("1.1", message="1.1\n")
    out.tag("latest", message="The latest\n", of="1.1")


def _merged(out: Stream, name: str, message: str, commits: Sequence[tuple[str, Author]]) -> None:
    """Write commits on a branch, and the merge that brings them."""
    base, path = out.mark, f"lib/tide/{name}.c"
    for number, (subject, by) in enumerate(commits):
        out.commit(subject, by, (path,), branch=name, parents=[base] if not number else None)
    out.commit(message, GRACE, (), parents=[base, out.mark], brings=(path,))


def _pull_request(out: Stream, number: int, name: str, title: str, commits: Sequence[tuple[str, Author]]) -> None:
    _merged(out, name, f"Merge pull request #{number} from grace/{name}\n\n{title}\n", commits)


def _merge_request(out: Stream, number: int, name: str, title: str, commits: Sequence[tuple[str, Author]]) -> None:
    body = f"{title}\n\nSee merge request coast/tide!{number}\n"
    _merged(out, name, f"Merge branch '{name}' into 'main'\n\n{body}", commits)


def _criss_cross(out: Stream) -> None:
    """Two branches that merge each other, so that they have two best common ancestors."""
    base, neap, spring = out.mark, "lib/tide/neap.c", "lib/tide/spring.c"
    one = out.commit("Add the neap tide", ZOE, (neap,), branch="one", parents=[base])
    two = out.commit("Add the spring tide", LI, (spring,), branch="two", parents=[base])
    first = out.commit("Merge branch 'two' into one", ZOE, (), branch="one", parents=[one, two], brings=(spring,))
    second = out.commit("Merge branch 'one' into two", LI, (), branch="two", parents=[two, one], brings=(neap,))
    merged = out.commit("Merge branch 'one'", ADA, (), parents=[base, first], brings=(neap, spring))
    out.commit("Merge branch 'two'", ADA, (), parents=[merged, second])


# --- 5,000 commits ---------------------------------------------------------------------------------------------------

YEARS_COMMITS = 5_000
_RELEASES = ("v0.1.0", "v0.2.0", "v1.0.0", "v1.1.0", "v1.2.0", "v2.0.0", "v2.1.0", "v3.0.0", "v4.0.0", "v5.0.0")
_PACKAGES = ("core", "cli", "server", "web-client", "storage", "auth", "docs-theme")
_KINDS = ("feat", "feat", "fix", "fix", "fix", "docs", "refactor", "test", "perf", "chore", "ci", "build", "style")
_VERBS = ("Add", "Fix", "Remove", "Document", "Rename", "Speed up", "Simplify", "Allow", "Deprecate", "Test")
_THINGS = (
    "the cache of sessions",
    "retries after a time-out",
    "an index on names",
    "Unicode in paths",
    "the progress bar",
    "log rotation",
    "signed cookies",
    "paging of long lists",
    "the health check",
    "dark colours",
    "uploads of many files",
    "the export to CSV",
)
_NAMES = (
    "Ada",
    "Grace",
    "Zoë",
    "李",
    "Нина",
    "José",
    "أميرة",
    "Søren",
    "Ngọc",
    "Łukasz",
    "Aoife",
    "Δάφνη",
    "Mehmet",
    "さくら",
)
_SURNAMES = (
    "Lovelace",
    "Hopper",
    "Ångström",
    "小龙",
    "Петрова",
    "Muñoz",
    "Nguyễn",
    "Óðinsson",
    "O'Brien",
    "Yılmaz",
    "山田",
)


def years(out: Stream) -> None:
    """Write 5,000 commits: three in five direct, others squashed or merged, with now and then a break or a revert."""
    chance = random.Random(5_000)
    number = 0
    while out.mark < YEARS_COMMITS:
        number += 1
        _turn(out, chance, number)
        release, rest = divmod(out.mark, YEARS_COMMITS // len(_RELEASES))
        if release and rest < 4 and _RELEASES[release - 1] not in out.tags:
            out.tag(_RELEASES[release - 1], message=f"{_RELEASES[release - 1]}\n")


def _turn(out: Stream, chance: random.Random, number: int) -> None:
    """Write what comes next: a commit, or a merged branch of some."""
    subject, by = _subject(chance, number), _author(chance, out.mark)
    after = HOUR + int(chance.random() * 20 * HOUR)
    room = YEARS_COMMITS - out.mark
    dice = chance.random()
    if dice < 0.06 and room > 4 and out.mark > 1:
        base, brought = out.mark, [_touches(chance) for _ in range(1 + int(chance.random() * 3))]
        for part, paths in enumerate(brought):
            out.commit(f"wip {part}", by, paths, branch="topic", parents=[base] if not part else None, after=60)
        words = f"Merge pull request #{number} from {by[1].split('@')[0]}/topic\n\n{subject}\n"
        every = sorted({path for paths in brought for path in paths})
        out.commit(words, GRACE, (), parents=[base, out.mark], brings=every, after=after)
    elif dice < 0.08 and room > 2:
        mistaken = out.commit(f"{subject} (#{number})", by, _touches(chance), after=after)
        out.revert(mistaken, f"{subject} (#{number})")
    elif dice < 0.16:
        bot = (DEPENDABOT, RENOVATE, PRE_COMMIT)[int(chance.random() * 3)]
        out.commit(
            f"chore(deps): bump thing-{number % 40} to {number}.0 (#{number})", bot, ("pyproject.toml",), after=after
        )
    elif dice < 0.17:
        body = "BREAKING CHANGE: what it returned before is gone."
        out.commit(f"{subject} (#{number})\n\n{body}\n", by, _touches(chance), after=after)
    elif dice < 0.25:
        other = _author(chance, out.mark)
        body = f"Co-authored-by: {other[0]} <{other[1]}>\nCloses #{number - 1}"
        out.commit(f"{subject} (#{number})\n\n{body}\n", by, _touches(chance), after=after)
    else:
        out.commit(f"{subject} (#{number})" if dice < 0.7 else subject, by, _touches(chance), after=after)


def _pick(chance: random.Random, things: Sequence[str]) -> str:
    return things[int(chance.random() * len(things))]


def _subject(chance: random.Random, number: int) -> str:
    thing = _pick(chance, _THINGS)
    if chance.random() < 0.3:
        return f"{_pick(chance, _VERBS)} {thing}, part {number}"
    mark = "!" if chance.random() < 0.004 else ""
    return f"{_pick(chance, _KINDS)}({_pick(chance, _PACKAGES)}){mark}: {thing}, part {number}"


def _author(chance: random.Random, mark: int) -> Author:
    """Somebody out of more people the longer the project lasts; most is done by few."""
    known = 3 + mark // 40
    index = int(known * chance.random() ** 3)
    name = f"{_NAMES[index % len(_NAMES)]} {_SURNAMES[index * 7 // 3 % len(_SURNAMES)]}"
    return name, f"person{index}@example.com"


def _touches(chance: random.Random) -> list[str]:
    count = 1 + int(4 * chance.random() ** 2)
    paths = [f"packages/{_pick(chance, _PACKAGES)}/src/part{int(chance.random() * 30)}.py" for _ in range(count)]
    return sorted(set(paths))


KINDS: Mapping[str, Callable[[Stream], None]] = {"prefixes": prefixes, "merges": merges, "years": years}


def make(folder: Path, kind: str) -> Path:
    """Make a bare repository `<kind>.git` in `folder` and return it."""
    made = folder / f"{kind}.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(made)], check=True)
    # Otherwise glibc gives memory back and takes it again for each object, which is most of the time.
    argv = [
        "env",
        "MALLOC_TOP_PAD_=16000000",
        "git",
        f"--git-dir={made}",
        "fast-import",
        "--quiet",
        "--done",
        "--date-format=raw",
    ]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        out = Stream(process.stdin, process.stdout)
        KINDS[kind](out)
        out.pipe.write(b"done\n")
        out.pipe.close()
    if process.returncode:
        raise SystemExit(f"git fast-import failed on {kind}")
    return made


if __name__ == "__main__":
    for each in KINDS:
        sys.stdout.write(f"{make(Path(sys.argv[1]), each)}\n")
