"""Whole processes: `--help`, a job of eight null steps from first to last, and their memory."""

from collections.abc import Sequence

from bench_child import BARE, PROGRAM, Place
from bench_pairs import Side, in_turn, ratio, spread
from bench_peer import Peer
from bench_rows import Row, compared
from bench_workspace import Shop

HEAVY = ("git", "pydantic", "ruamel", "jinja2", "rich")
"""What `--help` may not import."""


def help_rows(place: Place, rounds: int) -> list[Row]:
    """Return `--help` beside a bare interpreter, and how many of the heavy packages it imports."""
    found = in_turn(
        {"ours": lambda _: place.seconds(PROGRAM, "--help"), "bare": lambda _: place.seconds(*BARE)}, rounds
    )
    imported = {module.split(".")[0] for module, _ in place.imported(PROGRAM, "--help")}
    heavy = [name for name in HEAVY if name in imported]
    return [
        _row("help", "orchestrator --help ÷ python -c pass", found["ours"], found["bare"], 4.5),
        Row(
            "help-imports",
            f"of {', '.join(HEAVY)}, what it imports",
            "",
            spread([len(heavy)]),
            0,
            note=", ".join(heavy),
        ),
    ]


def run_rows(made: Shop, place: Place, peer: Peer | None, rounds: int) -> list[Row]:
    """Return a whole run of eight null steps, ours and LangGraph's, beside a bare interpreter, and their memory."""
    with made.opened() as world:
        for number in range(rounds + 2):
            made.job(world, f"whole{number}")
    sides: dict[str, Side] = {
        "ours": lambda n: place.seconds(PROGRAM, "run", f"whole{n}"),
        "bare": lambda _: place.seconds(*BARE),
    }
    if peer:
        sides["peer"] = lambda n: place.seconds(*peer.whole(f"whole{n}"))
    found = in_turn(sides, rounds)
    rows = [
        _row("run", "orchestrator run of eight null steps ÷ python -c pass", found["ours"], found["bare"], 35),
        _memory("run-memory", "peak memory of that run", place.peak_mb(PROGRAM, "run", f"whole{rounds + 1}"), 100),
    ]
    if peer:
        note = "eight null nodes in a line, SQLite, durability=sync, a new database a run"
        rows += [
            _row("run-peer", "the same in LangGraph ÷ python -c pass", found["peer"], found["bare"], None, note),
            _memory("run-memory-peer", "peak memory of that", place.peak_mb(*peer.whole("weighed")), None),
        ]
    return rows


def demo_memory_row(place: Place) -> Row:
    """Return the peak memory of the product listing, from brief to published page."""
    peak = place.peak_mb(PROGRAM, "demo", "demo-weighed")
    return _memory("demo-memory", "peak memory of orchestrator demo, the product listing", peak, 100)


def _memory(key: str, title: str, peak: float, goal: float | None) -> Row:
    return Row(key, title, "MB", spread([peak]), goal, note="of the largest process, git's own counted")


def _row(key: str, title: str, ours: Sequence[float], bare: Sequence[float], goal: float | None, note: str = "") -> Row:
    return compared(key, title, spread(ours), spread(bare), ratio(ours, bare), goal=goal, note=note)
