"""`cost`: what was spent by each key, what of it nobody knows, and what routing saved."""

import json
from pathlib import Path

import pytest
from calling import call, git
from paid import Play, good, job, priced, workspace

from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Basis, Fault, Usage


def costing(*usages: Usage) -> Play:
    """Return a play whose attempts cost that, one after the other."""
    left = list(usages)

    def play(request: Request) -> Answer | Fault:
        answer = good(request)
        assert isinstance(answer, Answer)
        return Answer(answer.files, left.pop(0))

    return play


def cost(folder: Path, *args: str) -> object:
    called = call(folder, "cost", *args, "--json")
    assert (called.code, called.err) == (0, "")
    return json.loads(called.out)


def test_what_was_spent_stands_by_step_with_what_routing_saved(folder: Path) -> None:
    workspace(folder)
    job(folder, play=costing(priced(0.0015), Usage(2_000, 200, 0.5, basis=Basis.UNKNOWN)))
    assert call(folder, "cost", "j").out == (
        "STEP       COST  ATTEMPTS  TOKENS IN  TOKENS OUT\n"
        "polish    $0.50         1      2,000         200\n"
        "draft   $0.0015         1      1,000         100\n"
        "total     $0.50         2\n"
        "$0.50 of it is what was reserved for 1 attempt of unknown cost\n"
        "routing saved $0.01 against always using b:large, over 1 attempt by known prices\n"
    )
    assert cost(folder, "j") == {
        "total_usd": 0.5015,
        "by": [
            {"key": "polish", "cost_usd": 0.5, "tokens_in": 2000, "tokens_out": 200, "attempts": 1, "unknown": 1},
            {"key": "draft", "cost_usd": 0.0015, "tokens_in": 1000, "tokens_out": 100, "attempts": 1, "unknown": 0},
        ],
        "unknown": 1,
        "unknown_usd": 0.5,
        "saved_usd": 0.0135,
        "against": "b:large",
        "compared": 1,
    }


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("step", [("draft", 0.004, 2), ("polish", 0.004, 2)]),
        ("agent", [("writer", 0.008, 4)]),
        ("model", [("a:small", 0.008, 4)]),
        ("job", [("j", 0.004, 2), ("k", 0.004, 2)]),
        ("day", [("2025-12-31", 0.004, 2), ("2026-01-01", 0.004, 2)]),
    ],
)
def test_it_adds_up_by_every_key(folder: Path, by: str, rows: list[tuple[str, float, int]]) -> None:
    workspace(folder)
    job(folder, "j", costing(priced(0.002), priced(0.002)), now=1_767_225_599)
    job(folder, "k", costing(priced(0.002), priced(0.002)))
    found = cost(folder, "--by", by)
    assert isinstance(found, dict)
    assert [(row["key"], row["cost_usd"], row["attempts"]) for row in found["by"]] == rows
    assert found["total_usd"] == 0.008 == sum(row["cost_usd"] for row in found["by"])


def test_reported_and_free_attempts_are_not_compared(folder: Path) -> None:
    workspace(folder)
    job(folder, play=costing(Usage(1_000, 100, 0.3, basis=Basis.REPORTED), Usage(1_000, 100)))
    found = cost(folder, "j")
    assert isinstance(found, dict)
    assert {key: value for key, value in found.items() if key != "by"} == {
        "total_usd": 0.3,
        "unknown": 0,
        "unknown_usd": 0,
        "saved_usd": None,
        "against": None,
        "compared": 0,
    }


def test_routing_that_cost_more_says_so(folder: Path) -> None:
    workspace(folder)
    job(folder, play=costing(priced(0.3), priced(0.3)))
    assert call(folder, "cost", "j").out.splitlines()[-1] == (
        "routing cost $0.57 more than always using b:large, over 2 attempts by known prices"
    )


def test_nothing_is_compared_where_no_model_has_a_price(folder: Path) -> None:
    job(workspace(folder), play=costing(priced(0.1), priced(0.1)))
    (folder / "orchestrator.yaml").write_text("version: 1\nmodels: [{name: 'local:x', context: 9}]\n")
    git(folder, "commit", "-qam", "another model")
    found = cost(folder, "j")
    assert isinstance(found, dict)
    assert (found["total_usd"], found["saved_usd"]) == (0.2, None)
