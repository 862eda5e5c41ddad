"""Many jobs, each different: made once by the orchestrator itself, kept in a cache folder, copied for each use.

Of every ten jobs three were only created, two are under way, two wait for an approval, one halted, two are done. Each
was made of a base commit of its own, so that no two have the same pipeline; briefs, titles and params differ as well.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench_pairs import seconds
from bench_workspace import Shop, order, shop, template

from orchestrator.engine.advance import advance
from orchestrator.engine.create import create
from orchestrator.engine.run import run
from orchestrator.engine.world import World

KINDS = ("queued", "short", "asks", "fails")
# Kind and number of advances, None: until it rests. One row for each of every ten jobs.
PLAN: Sequence[tuple[str, int | None]] = (
    ("queued", 0),
    ("asks", None),
    ("queued", 1),
    ("short", None),
    ("queued", 0),
    ("fails", None),
    ("queued", 2),
    ("asks", None),
    ("short", None),
    ("queued", 0),
)
STATES = ("loose", "packed")
"""As the orchestrator leaves a repository; and as `git gc` leaves it."""

_MEMORY = Path("/dev/shm")
_BYTES_A_JOB = 200_000
_AT_ONCE = 500
"""Jobs that one process makes in a repository of its own, before all are brought together."""
# What differs from one making to the next: ids that hang on dates, and how long a step took.
_PASSING = re.compile(r"\b[0-9a-f]{12}(?:[0-9a-f]{28})?\b|(?<=^Duration-Ms: )\d+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Crowd:
    """A repository of many jobs, in both states."""

    folder: Path
    environ: Mapping[str, str]
    jobs: int

    def copy(self, state: str, to: Path) -> Shop:
        """Return a copy that may be written to. Objects are linked, as git itself does in a local clone."""
        shutil.copytree(self.folder / state, to, copy_function=_linked_or_copied)
        # What is measured next must not wait until the disk has all of this.
        os.sync()
        return Shop(to, self.environ)

    def likeness(self) -> str:
        """Return a digest of what its first jobs hold and say: the same for each crowd that the same programs make."""
        shown = Shop(self.folder / STATES[1], self.environ)
        told = (shown.git("log", "--format=%T%n%B", f"job/{name(number)}") for number in range(len(PLAN)))
        return hashlib.sha256(_PASSING.sub("", "\n".join(told)).encode()).hexdigest()[:12]


def kept_crowd(cache: Path, few: Crowd, jobs: int, *, is_fresh: bool, say: Callable[[str], None]) -> Crowd:
    """Return the crowd that the cache has; made now where it has none, or one that other programs made than `few`."""
    found = Crowd(cache / f"crowd-{jobs}-{few.likeness()}", few.environ, jobs)
    if found.folder.exists() and not is_fresh:
        say(f"{jobs} jobs: from the cache")
        return found
    for older in cache.glob(f"crowd-{jobs}-*"):
        shutil.rmtree(older)
    took = seconds(lambda: make_crowd(found.folder, few.environ, jobs, say))
    say(f"{jobs} jobs: made in {took:.0f} s")
    return found


def make_crowd(folder: Path, environ: Mapping[str, str], jobs: int, say: Callable[[str], None]) -> Crowd:
    """Make it where syncing costs nothing, then bring it to the disk; one that is cut short leaves none behind."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=_quick_place(jobs)) as made:
        first = _together(Path(made), environ, jobs, say)
        shutil.copytree(first.folder, unfinished / STATES[0])
    packed = Shop(unfinished / STATES[1], environ)
    shutil.copytree(unfinished / STATES[0], packed.folder, copy_function=_linked_or_copied)
    packed.git("pack-refs", "--all")
    packed.git("repack", "-a", "-d", "-q")
    unfinished.rename(folder)
    return Crowd(folder, environ, jobs)


def expected(jobs: int) -> Counter[str]:
    """Return how many jobs of a crowd have which status."""
    ends = {"asks": "waiting", "short": "done", "fails": "halted", "queued": "ready"}
    return Counter(ends[PLAN[number % len(PLAN)][0]] for number in range(jobs))


def name(number: int) -> str:
    """Return a job's name."""
    return f"j{number:05}"


def _quick_place(jobs: int) -> str | None:
    """Return the folder of a file system in memory that has room, None where there is none."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < jobs * _BYTES_A_JOB:
        return None
    return str(_MEMORY)


def _together(made: Path, environ: Mapping[str, str], jobs: int, say: Callable[[str], None]) -> Shop:
    """Make the jobs in several processes, each in a repository of its own, and bring all into the first."""
    parts = [range(begin, min(begin + _AT_ONCE, jobs)) for begin in range(0, jobs, _AT_ONCE)]
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as processes:
        first, *others = (processes.submit(_part, made / str(part.start), dict(environ), part) for part in parts)
        whole = first.result()
        for number, other in enumerate(others, start=1):
            _bring(other.result(), whole)
            if number % 4 == 3:
                say(f"{parts[number].stop} of {jobs} jobs are made")
    whole.git("reset", "-q", "--hard")
    return whole


def _part(folder: Path, environ: Mapping[str, str], numbers: Sequence[int]) -> Shop:
    made = shop(folder, environ, KINDS)
    with made.opened() as world:
        for number, base in zip(numbers, _bases(made, numbers), strict=True):
            (folder / ".git" / "refs" / "heads" / "main").write_text(f"{base}\n")
            _one(world, number)
    shutil.rmtree(folder / ".git" / "orchestrator", ignore_errors=True)
    return made


def _bring(of: Shop, into: Shop) -> None:
    """Bring all objects and refs from one repository into another: they are files, and the jobs' names differ."""
    for kind in ("objects", "refs"):
        here, there = of.folder / ".git" / kind, into.folder / ".git" / kind
        shutil.copytree(here, there, copy_function=_linked_or_copied, dirs_exist_ok=True)
    shutil.rmtree(of.folder)


def _one(world: World, number: int) -> None:
    kind, advances = PLAN[number % len(PLAN)]
    job = name(number)
    create(world, order(kind, job))
    if advances is None:
        run(world, job, sleep=lambda _: None)
    for _ in range(advances or 0):
        advance(world, job)


def _bases(made: Shop, numbers: Sequence[int]) -> list[str]:
    """Make a commit of the base for each job, its template written anew; return their ids."""
    made.git(
        "fast-import",
        "--quiet",
        "--date-format=now",
        "--export-marks=.git/marks",
        stdin=b"".join(_stream(made, numbers)),
    )
    marks = (made.folder / ".git" / "marks").read_text().split("\n")
    found = {int(mark[1:]): oid for mark, oid in (line.split(" ") for line in marks if line)}
    return [found[number + 1] for number in range(len(numbers))]


def _stream(made: Shop, numbers: Sequence[int]) -> Iterator[bytes]:
    before = made.git("rev-parse", "HEAD")
    for mark, number in enumerate(numbers, start=1):
        kind = PLAN[number % len(PLAN)][0]
        yield f"commit refs/heads/bases\nmark :{mark}\ncommitter Ada <ada@example.com> now\n".encode()
        yield _counted(f"For {name(number)}\n") + f"from {before}\n".encode()
        for path, text in template(kind, name(number)).items():
            yield f"M 100644 inline {path}\n".encode() + _counted(text)
        before = f":{mark}"


def _counted(text: str) -> bytes:
    body = text.encode()
    return b"data %d\n%s\n" % (len(body), body)


def _linked_or_copied(source: str, target: str) -> object:
    """Link an object, which never changes; copy all else."""
    if f"{os.sep}objects{os.sep}" not in source:
        return shutil.copy2(source, target)
    if not os.path.exists(target):
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            shutil.copy2(source, target)
    return target
