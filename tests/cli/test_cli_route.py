"""`route`: the model that would play a step, why, why no other, and what the budgets leave. Nothing is asked."""

import json
from pathlib import Path

import pytest
from calling import call, git
from paid import FILES, SETTINGS, good, job, priced, workspace, world

from orchestrator.agents.interface import Answer, Request
from orchestrator.agents.prices import dated
from orchestrator.engine.advance import advance
from orchestrator.model.action import Fault, Trouble

LIMITS = """\

BUDGET       LIMIT  SPENT  RESERVED     LEFT
call         $0.50  $0.00     $0.00    $0.50
step         $1.00  $0.00     $0.00    $1.00
job          $2.00  $0.00     $0.00    $2.00
day         $20.00  $0.00     $0.00   $20.00
workspace  $100.00  $0.00     $0.00  $100.00
"""


def route(folder: Path, *args: str) -> dict[str, object]:
    called = call(folder, "route", *args, "--json")
    assert (called.code, called.err) == (0, "")
    found: dict[str, object] = json.loads(called.out)
    return found


def limits(**spent: float) -> list[dict[str, object]]:
    granted = {"call": 0.5, "step": 1.0, "job": 2.0, "day": 20.0, "workspace": 100.0}
    return [
        {"limit": name, "usd": usd, "spent": spent.get(name, 0.0), "reserved": 0.0, "left": usd - spent.get(name, 0.0)}
        for name, usd in granted.items()
    ]


def test_the_choice_its_reason_and_every_refused_candidate_are_told(folder: Path) -> None:
    job(workspace(folder), play=None)
    found = route(folder, "j")
    tokens = found["tokens_at_most"]
    assert isinstance(tokens, int)
    small, middle, large = (f"${(tokens * price + 1_000 * 5 * price) / 1e6:.4f}" for price in (1, 3, 10))
    assert call(folder, "route", "j").out == (
        "j: draft\n"
        "a:small: the cheapest fast model that can\n"
        f"agent writer, backend model, at most {tokens:,} tokens of prompt, at most {small}\n"
        f"prices: the settings, then {dated()}\n"
        "\n"
        "NOT       WHY\n"
        f"b:middle  may cost {middle}, more than a:small\n"
        f"b:large   may cost {large}, more than a:small\n" + LIMITS
    )
    assert found == {
        "job": "j",
        "step": "draft",
        "is_next": True,
        "kind": "agent",
        "agent": "writer",
        "backend": "model",
        "model": "a:small",
        "reason": "the cheapest fast model that can",
        "cost_at_most_usd": (tokens + 5_000) / 1e6,
        "tokens_at_most": tokens,
        "refused": [
            {"model": "b:middle", "reason": f"may cost {middle}, more than a:small"},
            {"model": "b:large", "reason": f"may cost {large}, more than a:small"},
        ],
        "until": None,
        "budgets": limits(),
        "warnings": [],
        "promoted": 0,
        "down": {},
        "accepted": {},
        "prices": dated(),
    }


def test_it_asks_nobody_and_writes_nothing(folder: Path) -> None:
    job(workspace(folder), play=None)
    before = git(folder, "for-each-ref"), git(folder, "status", "--porcelain")
    route(folder, "j")
    assert (git(folder, "for-each-ref"), git(folder, "status", "--porcelain")) == before


def test_of_a_step_that_cannot_be_rendered_yet_the_answers_alone_are_counted(folder: Path) -> None:
    job(workspace(folder), play=None)
    assert call(folder, "route", "j", "polish").out == (
        "j: polish (not its turn)\n"
        "a:small: the cheapest fast model that can\n"
        "agent writer, backend model\n"
        "the prompt cannot be rendered yet: what models may cost counts their answers alone\n"
        f"prices: the settings, then {dated()}\n"
        "\n"
        "NOT       WHY\n"
        "b:middle  may cost $0.0150, more than a:small\n"
        "b:large   may cost $0.0500, more than a:small\n" + LIMITS
    )


def test_a_step_that_no_model_does_says_who_does_it(folder: Path) -> None:
    job(workspace(folder), play=None)
    said = f"prices: the settings, then {dated()}\n"
    assert call(folder, "route", "j", "sign").out == (
        "j: sign (not its turn)\n"
        "sign is done by a person, and no model is asked\n"
        f"agent hand, backend person\n{said}" + LIMITS
    )
    assert call(folder, "route", "j", "approve").out == (
        f"j: approve (not its turn)\napprove is an approval: team answers, and no agent is asked\n{said}"
    )


def test_a_step_that_is_not_there_and_a_job_that_is_done_are_said(folder: Path) -> None:
    job(workspace(folder), play=None)
    wrong = call(folder, "route", "j", "drafts")
    assert (wrong.code, wrong.out, wrong.err) == (
        2,
        "",
        "error: j has no step 'drafts'\nhint: did you mean \"draft\"?\n",
    )
    assert call(folder, "cancel", "j").code == 0
    over = call(folder, "route", "j")
    assert (over.code, over.out) == (2, "")
    assert "it is no step's turn" in over.err


def short(request: Request) -> Answer | Fault:
    return Answer({"text.md": b"word\n"}, priced(0.3))


def test_after_two_failures_the_next_stronger_model_is_chosen_and_the_record_says_so(folder: Path) -> None:
    job(workspace(folder), play=None)
    here = world(folder, short)
    for _ in range(2):
        advance(here, "j")
    found = route(folder, "j")
    assert (found["model"], found["reason"], found["promoted"]) == ("b:middle", "the next stronger than a:small", 0)
    assert found["budgets"] == limits(step=0.6, job=0.6, day=0.6, workspace=0.6)
    advance(here, "j")
    here.ledger.close()
    assert route(folder, "j")["promoted"] == 1
    assert "promoted to a stronger model once\n" in call(folder, "route", "j").out
    assert "warning: $0.9000 of the step's $1.0000 is spent: 90%\n" in call(folder, "route", "j").out


def test_where_a_budget_is_used_up_every_model_says_so(folder: Path) -> None:
    job(workspace(folder, {**FILES, "orchestrator.yaml": SETTINGS.replace("step: 1,", "step: 0.3,")}), play=None)
    here = world(folder, short)
    advance(here, "j")
    here.ledger.close()
    found = route(folder, "j")
    assert (found["model"], found["until"], found["cost_at_most_usd"]) == (None, None, None)
    refused = found["refused"]
    assert isinstance(refused, list)
    assert [each["model"] for each in refused] == ["a:small", "b:middle", "b:large"]
    assert all(each["reason"].endswith("$0.3000 of the step's $0.3000 is spent") for each in refused)
    assert found["warnings"] == ["$0.3000 of the step's $0.3000 is spent: 100%"]


@pytest.mark.parametrize(
    ("trouble", "said", "notes"),
    [
        (Trouble.OUTAGE, "is down until 2026-01-01 00:10 UTC", "; a:small is down until 2026-01-01 00:10 UTC"),
        (Trouble.DENIED, "is down until a person says retry", ""),
    ],
)
def test_a_model_that_is_down_is_passed_over_and_the_reason_says_until_when(
    folder: Path, trouble: Trouble, said: str, notes: str
) -> None:
    job(workspace(folder), play=None)
    fault = Fault("no", is_transient=trouble is Trouble.OUTAGE, trouble=trouble, retry_after=600)
    here = world(folder, lambda request: fault)
    advance(here, "j")
    here.ledger.close()
    told = call(folder, "route", "j", "draft").out.splitlines()
    assert told[1] == f"b:middle: the cheapest standard model that can{notes}"
    assert f"down: a:small, {said.removeprefix('is down ')}" in told
    assert f"a:small  {said}" in told


def test_by_what_is_accepted_the_rates_are_told(folder: Path) -> None:
    job(workspace(folder, {**FILES, "orchestrator.yaml": f"{SETTINGS}routing: {{by: accepted}}\n"}), play=None)
    for name in ("k", "l", "m"):
        job(folder, name, lambda request: short(request) if request.attempt == 1 else good(request))
    found = route(folder, "j")
    assert found["accepted"] == {"a:small": 0.5}
    assert found["reason"] == "the cheapest fast model that can, by what an accepted output costs"
    assert "accepted: 50% of what a:small made for draft\n" in call(folder, "route", "j").out
