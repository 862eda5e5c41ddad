"""`checkout`: a worktree of a job's branch, for a person's own editor and git."""

import click

from orchestrator.cli.call import Call
from orchestrator.cli.complete import complete_job
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, out, out_json, tell
from orchestrator.cli.session import chosen_job, json_option, opened


@command(
    "checkout",
    [("orchestrator checkout mug", "into ../mug"), ("orchestrator checkout mug /tmp/mug", "into that folder")],
)
@click.argument("job", required=False, shell_complete=complete_job)
@click.argument("folder", required=False, metavar="[DIR]")
@json_option
@click.pass_obj
def checkout_command(call: Call, job: str | None, folder: str | None, as_json: bool) -> None:
    """Make a worktree of a job's branch, to edit and commit in as usual. Yours is not touched.

    While it holds changes that are not committed, the job waits rather than lose them.
    """
    with opened(call) as world:
        name = chosen_job(world, job)
        beside = (world.ledger.root or world.ledger.common_dir).parent / name
        path = world.ledger.worktrees.add(name, folder or beside)
    if as_json:
        out_json({"job": name, "path": str(path)})
        return
    out(str(path))
    tell(f"edit and commit there, then: {bold(f'orchestrator run {name}')}")
    tell(f"when you are done: git worktree remove {path}")
