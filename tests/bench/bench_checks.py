"""What a gate costs: the checks of the product listing on a finished job's files, and each text check on 1 MB.

Within one process, after import. Each round judges a text that no round before it had, so that nothing is remembered.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from bench_child import BARE, PROGRAM, Place
from bench_pairs import in_turn, ratio, seconds, spread
from bench_rows import Row, compared
from bench_workspace import BenchError

from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.gates import Material, judge
from orchestrator.gates.registry import BUILT_IN
from orchestrator.model.finding import Verdict
from orchestrator.model.patterns import matches_any
from orchestrator.model.pipeline import CheckUse, Step

ROOT = Path(__file__).parents[2]
LISTING = ROOT / "jobs" / "templates" / "product-listing" / "pipeline.yaml"
RENDERING = frozenset({"contrast", "rendered", "svg"})
"""Those that draw the drawing; the others read it."""
MEGABYTE = 1_000_000
TEXT: Mapping[str, object] = {
    "characters": {"max": 2 * MEGABYTE},
    "citations": {"in": ["source.md"]},
    "duplicates": None,
    "front_matter": {"required": ["title"]},
    "grounded": {"in": ["source.md"]},
    "language": "en",
    "lines": {"longest": 120},
    "links": None,
    "markdown": None,
    "must_contain": ["git"],
    "must_not_contain": {"phrases": ["guaranteed", "miracle"], "patterns": ["(?i)money.back"]},
    "not_empty": None,
    "personal_data": None,
    "placeholder": None,
    "plain_text": None,
    "readability": {"max_grade": 12, "max_sentence": 40},
    "secrets": None,
    "sections": ["Checks"],
    "spelling": None,
    "words": {"max": MEGABYTE},
}
"""Each check on Markdown, with settings that make it read all of a text."""


def check_rows(place: Place, rounds: int) -> Iterator[Row]:
    """Yield what the gates of the product listing cost, beside a bare interpreter, and what their rendering does."""
    files = _demo_files(place)
    steps = parse_pipeline(LISTING.read_bytes(), str(LISTING)).steps
    found = in_turn(
        {
            "plain": lambda n: _gates(steps, files, n, is_rendering=False),
            "rendering": lambda n: _gates(steps, files, n, is_rendering=True),
            "bare": lambda _: place.seconds(*BARE),
        },
        rounds,
    )
    title, note = "all gates of the product listing, once", "in one process, after import, without rendering"
    ours, bare = spread(found["plain"]), spread(found["bare"])
    yield Row("checks", title, "ms", ours.scaled(1000), 50, note=note)
    yield compared("checks-bare", f"{title} ÷ python -c pass", ours, bare, ratio(found["plain"], found["bare"]))
    drawn = f"their {', '.join(sorted(RENDERING))}, which render"
    yield Row("checks-rendering", drawn, "ms", spread(found["rendering"]).scaled(1000))


def text_rows(rounds: int) -> Iterator[Row]:
    """Yield what the text checks take of 1 MB of Markdown, in one gate and each by itself."""
    uses = [CheckUse(name=name, settings=keys) for name, keys in TEXT.items() if name in BUILT_IN]
    found = in_turn({"all": lambda n: _text(uses, n), **{use.name: partial(_one, use) for use in uses}}, rounds)
    note = "our README and docs, repeated; their own file is the source that they are grounded in"
    yield Row("texts", f"1 MB of Markdown through {len(uses)} text checks", "s", spread(found["all"]), 2, note=note)
    for name in sorted(TEXT.keys() & found.keys(), key=lambda name: -spread(found[name]).median):
        yield Row(f"texts-{name}", f"1 MB of Markdown through {name}", "ms", spread(found[name]).scaled(1000))


def _one(use: CheckUse, number: int) -> float:
    return _text([use], number + MEGABYTE)


def _text(uses: Sequence[CheckUse], number: int) -> float:
    text = _markdown() + b"%d.\n" % number
    material = Material({"text.md": text, "source.md": text}, ("text.md",))
    return seconds(lambda: _judge(uses, material))


def _markdown() -> bytes:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    once = b"\n".join(page.read_bytes() for page in pages)
    whole = once * (MEGABYTE // len(once) + 1)
    return whole[: whole.rindex(b"\n", 0, MEGABYTE) + 1]


def _gates(steps: Mapping[str, Step], files: Mapping[str, bytes], number: int, *, is_rendering: bool) -> float:
    new = {path: _renewed(path, content, number) for path, content in files.items()}
    gates = [
        ([use for use in step.gate if (use.name in RENDERING) is is_rendering], _of_step(step, new))
        for step in steps.values()
    ]
    return seconds(lambda: _judge_all(gates))


def _judge_all(gates: Sequence[tuple[Sequence[CheckUse], Material]]) -> None:
    for uses, material in gates:
        _judge(uses, material)


def _renewed(path: str, content: bytes, number: int) -> bytes:
    """Return a file that says and shows the same, and that nobody has judged before."""
    if path.endswith(".svg"):
        return content.replace(b"</svg>", b'<g id="round-%d"/></svg>' % number)
    return content + b"\n" * number if path.endswith(".md") else content


def _of_step(step: Step, files: Mapping[str, bytes]) -> Material:
    written = tuple(path for path in files if matches_any(step.writes, path))
    return Material(files, written, {path: files[path] for path in written if matches_any(step.reads, path)})


def _judge(uses: Sequence[CheckUse], material: Material) -> None:
    """Judge; a check that could not run has cost nothing, and would be a figure of nothing."""
    for result in judge(uses, material):
        if result.verdict is Verdict.ERROR:
            raise BenchError(f"{result.name}: {result.findings[0].message}")


def _demo_files(place: Place) -> Mapping[str, bytes]:
    """Return the files of the demo's job as it ended, by their paths within the job."""
    folder = place.folder / "demo-gates"
    place.output(PROGRAM, "demo", str(folder))
    branch = _git(folder, "for-each-ref", "--format=%(refname)", "refs/heads/job/").decode().split()[0]
    root = f"jobs/{branch.removeprefix('refs/heads/job/')}/"
    paths = _git(folder, "ls-tree", "-rz", "--name-only", branch, root).decode().split("\0")
    return {path.removeprefix(root): _git(folder, "cat-file", "blob", f"{branch}:{path}") for path in paths if path}


def _git(folder: Path, *argv: str) -> bytes:
    return subprocess.run(["git", *argv], cwd=folder, capture_output=True, check=True).stdout
