"""Whole jobs whose agents are models: real SDKs, real sockets, real git; the provider is ours, on loopback."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import Loopback, player
from loopback_wires import Reply

from orchestrator.documents import yaml
from orchestrator.engine.create import Order, create
from orchestrator.engine.entries import By, cost, log
from orchestrator.engine.run import exit_code, run
from orchestrator.engine.world import World
from orchestrator.model.action import Action, Done
from orchestrator.wiring import found_workspace, open_world

BUILTIN_LINE = (
    "  - name: builtin                         # offline, deterministic, free: the builtin agents play the roles\n"
)


def git(where: Path, *args: str) -> str:
    ran = subprocess.run(["git", *args], cwd=where, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def world_in(where: Path, **more: str) -> World:
    return open_world(where, environ={**os.environ, **more})  # noqa: TID251  the hermetic one


def rewrite(where: Path, path: str, old: str, new: str) -> None:
    file = where / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    git(where, "commit", "-qam", f"change {path}")


def run_job(world: World, job: str = "mug", template: str = "product-listing") -> Action:
    create(world, Order(template, job))
    return run(world, job, sleep=lambda seconds: None).action


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, object]:
    """Return what the builtin agents make of the product listing: a model that answers the same passes every gate."""
    where = tmp_path_factory.mktemp("builtin")
    environ = {"PATH": os.environ["PATH"], "SOURCE_DATE_EPOCH": "1767225600", "HOME": str(where)}  # noqa: TID251
    (where / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n")
    folder = where / "shop"
    folder.mkdir()
    found_workspace(folder, environ=environ)
    world = open_world(folder, environ=environ)
    assert isinstance(run_job(world), Done)
    entries = {str(told["step"]): str(told["entry"]) for told in _log(world) if told["step"]}
    ledger = world.ledger

    def made(step: str, path: str) -> str:
        return ledger.blob(ledger.files(entries[step], f"jobs/mug/{path}")[f"jobs/mug/{path}"]).decode()

    return {
        "research.md": made("research", "research.md"),
        "listing.md": [made("draft", "listing.md"), made("polish", "listing.md")],
        "design.svg": [made("design", "design.svg"), made("polish", "design.svg")],
        "review.yaml": yaml.load(made("validate", "review.yaml"), "review.yaml"),
        "recheck.yaml": yaml.load(made("revalidate", "recheck.yaml"), "recheck.yaml"),
    }


def _log(world: World) -> list[dict[str, object]]:
    return [dict(told) for told in log(world, "mug")]


def shop(folder: Path, model_line: str) -> World:
    """Make the starter workspace, with one line of its settings changed."""
    found_workspace(folder, environ=os.environ)  # noqa: TID251
    rewrite(folder, "orchestrator.yaml", BUILTIN_LINE, f"  - {model_line}\n")
    return world_in(folder)


@pytest.mark.real
def test_the_product_listing_runs_with_a_model_when_one_line_of_the_settings_is_changed(
    folder: Path, outputs: Mapping[str, object]
) -> None:
    with Loopback(player(outputs)) as server:
        world = shop(folder, f'{{name: "openai:gpt-5.2", tier: strong, base_url: "{server.address}/v1"}}')
        assert git(folder, "diff", "--shortstat", "main~1", "main") == "1 file changed, 1 insertion(+), 1 deletion(-)"
        assert isinstance(run_job(world), Done)
    keys = ("Step", "Backend", "Model", "Tokens-In", "Cost-USD", "Cost-Basis")
    form = "|".join(f"%(trailers:key={key},valueonly,separator=)" for key in keys)
    told_by_git = git(folder, "log", "--reverse", f"--format={form}", "job/mug", "^main")
    rows = [line.split("|") for line in told_by_git.splitlines()]
    by_model = [row for row in rows if row[1]]
    assert [row[0] for row in by_model] == ["research", "draft", "design", "validate", "polish", "revalidate"]
    assert {tuple(row[1:4]) for row in by_model} == {("model", "openai:gpt-5.2", "100")}
    assert {row[5] for row in by_model} == {"priced"}
    total = round(sum(float(row[4]) for row in by_model), 6)
    assert total > 0
    told = cost(world, ["mug"], By.MODEL)
    assert told["total_usd"] == total
    assert [(row["key"], row["attempts"]) for row in told["by"]] == [("openai:gpt-5.2", 6)]
    assert cost(world, ["mug"], By.STEP)["total_usd"] == total
    page = (folder / "published" / "mug" / "index.html").read_text()
    assert "<h1" in page
    assert git(folder, "for-each-ref", "refs/orchestrator/claims") == ""
    kept = sorted(path.name for path in (folder / ".git/orchestrator/transcripts/mug").iterdir())
    assert kept[0].startswith("0002-research-1-")


@pytest.mark.real
def test_the_same_with_anthropics_wire(folder: Path, outputs: Mapping[str, object]) -> None:
    with Loopback(player(outputs)) as server:
        world = shop(folder, f'{{name: "anthropic:claude-haiku-4-5", tier: strong, base_url: "{server.address}"}}')
        assert isinstance(run_job(world), Done)
    assert "Model: anthropic:claude-haiku-4-5" in git(folder, "log", "job/mug")


PIPELINE = """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [text.md]
    prompt: plain
    gate: [words: {min: 3}]
"""


def plain(folder: Path, models: str) -> World:
    """Make a workspace with one template of one step, played by these models."""
    found_workspace(folder, environ=os.environ)  # noqa: TID251
    template = folder / "jobs/templates/note"
    template.mkdir()
    (template / "pipeline.yaml").write_text(PIPELINE)
    (template / "job.yaml").write_text("version: 1\n")
    (template / "brief.md").write_text("Three words, please.\n")
    (folder / "prompts/plain.md.j2").write_text(
        "{% for path, text in files.items() %}{{ text | fence(path) }}{% endfor %}\n"
        "{% for each in findings %}{{ each.message }}\n{% endfor %}\nWrite text.md.\n"
    )
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "a note")
    rewrite(folder, "orchestrator.yaml", BUILTIN_LINE, models)
    return world_in(folder)


def test_a_step_that_fails_its_gate_twice_on_the_fast_model_is_promoted_and_passes_on_the_strong_one(
    folder: Path,
) -> None:
    said = [Reply(text="Too short"), Reply(text="Still short"), Reply(text="Now it is long enough.")]
    with Loopback(said) as server:
        models = "".join(
            f'  - {{name: "openai:{name}", tier: {tier}, price: {{input: {usd}, output: {usd}}}, '
            f'base_url: "{server.address}/v1"}}\n'
            for name, tier, usd in (("small", "fast", 1), ("large", "strong", 10))
        )
        world = plain(folder, models)
        assert isinstance(run_job(world, template="note"), Done)
        assert [asked.body["model"] for asked in server.asked] == ["small", "small", "large"]
        assert "the text has 2 words" in server.asked[2].prompt
    assert [(told["outcome"], told["model"]) for told in _log(world)[1:]] == [
        ("failed", "openai:small"),
        ("failed", "openai:small"),
        ("passed", "openai:large"),
    ]
    body = git(folder, "log", "-1", "--format=%B", "job/mug")
    assert "Because draft failed its gate 2 times." in body


def test_a_provider_that_goes_down_in_mid_run_is_followed_by_the_next_one(folder: Path) -> None:
    with Loopback(Reply(status=503)) as down, Loopback(Reply(text="Three good words.")) as up:
        models = (
            f'  - {{name: "openai:small", price: {{input: 1, output: 1}}, base_url: "{down.address}/v1"}}\n'
            f'  - {{name: "anthropic:other", price: {{input: 2, output: 2}}, base_url: "{up.address}"}}\n'
        )
        clock = iter(range(1_767_225_600, 1_767_300_000, 10))
        world = plain(folder, models)
        world = replace(world, clock=lambda: next(clock))
        assert isinstance(run_job(world, template="note"), Done)
        assert (len(down.asked), len(up.asked)) == (2, 1)
    assert [(told["outcome"], told["model"]) for told in _log(world)[1:]] == [
        ("error", "openai:small"),
        ("error", "openai:small"),
        ("passed", "anthropic:other"),
    ]


def test_a_budget_that_runs_out_stops_before_the_call_with_exit_6_and_a_restart_knows_the_spend(folder: Path) -> None:
    with Loopback(Reply(text="Two words", tokens_in=1_000, tokens_out=1_000)) as server:
        models = f'  - {{name: "openai:small", price: {{input: 100, output: 100}}, base_url: "{server.address}/v1"}}\n'
        world = plain(folder, models)
        rewrite(
            folder,
            "orchestrator.yaml",
            "budget: {call: 0.50, step: 1.00, job: 2.00, day: 20.00}",
            "budget: {job: 0.65}",
        )
        world = world_in(folder)
        action = run_job(world, template="note")
        assert (exit_code(action), len(server.asked)) == (6, 1)
        assert "$0.2000 of the job's $0.6500 is spent" in action.reason
        again = world_in(folder)
        assert exit_code(run(again, "mug", sleep=lambda seconds: None).action) == 6
        assert (len(server.asked), cost(again, ["mug"], By.STEP)["total_usd"]) == (1, 0.2)
