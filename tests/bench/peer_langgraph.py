"""The peer: eight null nodes in a line under LangGraph, the state saved in SQLite after each (durability="sync").

It runs in a virtual environment of its own and knows nothing of the orchestrator. `whole DATABASE THREAD` runs one job;
`serve DATABASE` runs one for each thread named on stdin and answers with the seconds that it took.
"""

import hashlib
import sqlite3
import sys
import time
from typing import Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver  # type: ignore[import-not-found]
from langgraph.graph import END, START, StateGraph  # type: ignore[import-not-found]

STEPS = 8


class State(TypedDict, total=False):
    """A job's state: its brief, and what each step wrote."""

    job: str
    brief: str
    t0: str
    t1: str
    t2: str
    t3: str
    t4: str
    t5: str
    t6: str
    t7: str


def words(seed: str, count: int = 40) -> str:
    """Return the same text that the bench's null agent writes."""
    drawn = hashlib.shake_256(seed.encode()).hexdigest(3 * count)
    found = [drawn[place : place + 6] for place in range(0, len(drawn), 6)]
    rows = [" ".join(found[place : place + 8]) for place in range(0, len(found), 8)]
    return f"# {seed}\n\n" + "\n".join(rows) + "\n"


def node(number: int) -> Any:
    """Return a null step: it writes its words, and its gate counts them."""

    def write(state: State) -> dict[str, str]:
        text = words(f"{state['job']} t{number}.md")
        if not text.split():
            raise ValueError("no words")
        return {f"t{number}": text}

    return write


def graph(database: str) -> Any:
    """Return the graph, its checkpoints in the database."""
    built = StateGraph(State)
    for number in range(STEPS):
        built.add_node(f"s{number}", node(number))
        built.add_edge(f"s{number - 1}" if number else START, f"s{number}")
    built.add_edge(f"s{STEPS - 1}", END)
    return built.compile(checkpointer=SqliteSaver(sqlite3.connect(database, check_same_thread=False)))


def run(compiled: Any, thread: str) -> None:
    """Run one job to its end."""
    ended = compiled.invoke(
        {"job": thread, "brief": words(thread)},
        config={"configurable": {"thread_id": thread}},
        durability="sync",
    )
    assert f"t{STEPS - 1}" in ended


def serve(compiled: Any) -> None:
    """Run a job for each line of stdin; answer with seconds."""
    for line in sys.stdin:
        began = time.perf_counter()
        run(compiled, line.strip())
        sys.stdout.write(f"{time.perf_counter() - began}\n")
        sys.stdout.flush()


def main() -> None:
    """Do what the arguments say."""
    verb, database, *more = sys.argv[1:]
    compiled = graph(database)
    if verb == "serve":
        serve(compiled)
    else:
        run(compiled, *more)


if __name__ == "__main__":
    main()
