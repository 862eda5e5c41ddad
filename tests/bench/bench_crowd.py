"""Many jobs, each different: made once by the orchestrator itself, kept in a cache folder, copied for each use.

Of every ten jobs three were only created, two are under way, two wait for an approval, one halted, two are done. Each
was made of a base commit of its own, so that no two have the same pipeline; briefs, titles and params differ as well.
"""

import hashlib
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
_MAKERS = ("bench_crowd.py", "bench_workspace.py")


@dataclass(frozen=True, slots=True)
class Crowd:
    """A repository of many jobs that stands in the cache, in both states."""

    folder: Path
    environ: Mapping[str, str]
    jobs: int
    took: float
    """Seconds that making it took; 0 where it was there."""

    def copy(self, state: str, to: Path) -> Shop:
        """Return a copy that may be written to. Objects are linked, as git itself does in a local clone."""
        shutil.copytree(self.folder / state, to, copy_function=_linked_or_copied, symlinks=True)
        return Shop(to, self.environ)


def crowd(cache: Path, environ: Mapping[str, str], jobs: int, *, is_fresh: bool, say: Callable[[str], None]) -> Crowd:
    """Return the crowd of so many jobs, made now where the cache has none."""
    folder = cache / f"crowd-{jobs}-{_fingerprint()}"
    if is_fresh and folder.exists():
        shutil.rmtree(folder)
    took = 0.0
    if not folder.exists():
        took = seconds(lambda: _make(folder, environ, jobs, say))
    return Crowd(folder, environ, jobs, took)


def expected(jobs: int) -> Counter[str]:
    """Return how many jobs of a crowd have which status."""
    ends = {"asks": "waiting", "short": "done", "fails": "halted", "queued": "ready"}
    return Counter(ends[PLAN[number % len(PLAN)][0]] for number in range(jobs))


def name(number: int) -> str:
    """Return a job's name."""
    return f"j{number:05}"


def _fingerprint() -> str:
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / maker).read_bytes() for maker in _MAKERS)).hexdigest()[:12]


def _make(folder: Path, environ: Mapping[str, str], jobs: int, say: Callable[[str], None]) -> None:
    """Make it where syncing costs nothing, then bring it to the disk; a crowd that is cut short leaves none."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=_quick_place(jobs)) as made:
        first = _as_made(Path(made) / STATES[0], environ, jobs, say)
        shutil.copytree(first.folder, unfinished / STATES[0])
    packed = Shop(unfinished / STATES[1], environ)
    shutil.copytree(unfinished / STATES[0], packed.folder, copy_function=_linked_or_copied)
    packed.git("pack-refs", "--all")
    packed.git("repack", "-a", "-d", "-q")
    unfinished.rename(folder)


def _quick_place(jobs: int) -> str | None:
    """Return the folder of a file system in memory that has room, None where there is none."""
    if not _MEMORY.is_dir() or shutil.disk_usage(_MEMORY).free < jobs * _BYTES_A_JOB:
        return None
    return str(_MEMORY)


def _as_made(folder: Path, environ: Mapping[str, str], jobs: int, say: Callable[[str], None]) -> Shop:
    made = shop(folder, environ, KINDS)
    bases = _bases(made, jobs)
    with made.opened() as world:
        for number, base in enumerate(bases):
            (folder / ".git" / "refs" / "heads" / "main").write_text(f"{base}\n")
            _one(world, number)
            if number % 1_000 == 999:
                say(f"{number + 1} of {jobs} jobs are made")
    made.git("reset", "-q", "--hard")
    shutil.rmtree(folder / ".git" / "orchestrator", ignore_errors=True)
    return made


def _one(world: World, number: int) -> None:
    kind, advances = PLAN[number % len(PLAN)]
    job = name(number)
    create(world, order(kind, job))
    if advances is None:
        run(world, job, sleep=lambda _: None)
    for _ in range(advances or 0):
        advance(world, job)


def _bases(made: Shop, jobs: int) -> list[str]:
    """Make a commit of the base for each job, its template written anew; return their ids."""
    made.git(
        "fast-import", "--quiet", "--date-format=now", "--export-marks=.git/marks", stdin=b"".join(_stream(made, jobs))
    )
    marks = (made.folder / ".git" / "marks").read_text().split("\n")
    found = {int(mark[1:]): oid for mark, oid in (line.split(" ") for line in marks if line)}
    return [found[number + 1] for number in range(jobs)]


def _stream(made: Shop, jobs: int) -> Iterator[bytes]:
    first = made.git("rev-parse", "HEAD")
    for number in range(jobs):
        kind = PLAN[number % len(PLAN)][0]
        before = f":{number}" if number else first
        yield f"commit refs/heads/bases\nmark :{number + 1}\ncommitter Ada <ada@example.com> now\n".encode()
        yield _counted(f"For {name(number)}\n") + f"from {before}\n".encode()
        for path, text in template(kind, name(number)).items():
            yield f"M 100644 inline {path}\n".encode() + _counted(text)


def _counted(text: str) -> bytes:
    body = text.encode()
    return b"data %d\n%s\n" % (len(body), body)


def _linked_or_copied(source: str, target: str) -> object:
    """Link an object, which never changes; copy all else."""
    if f"{os.sep}objects{os.sep}" in source:
        try:
            os.link(source, target)
            return target
        except OSError:
            pass  # another file system, or one without links
    return shutil.copy2(source, target)
