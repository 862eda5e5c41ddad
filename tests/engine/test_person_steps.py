"""Steps that people do, in real git: a commit is judged as the step's work, and nothing goes in circles."""

from pathlib import Path

from places import AGENT, commit_files, finish, git, made_job, workspace, world_of

from orchestrator.model.action import Await, Done

PIPELINE = """\
version: 1
steps:
  draft: {agent: writer, reads: [brief.md], writes: [a.md]}
  check: {agent: writer, reads: [a.md], writes: [c.md]}
  polish: {agent: editor, reads: [a.md, c.md], writes: [a.md]}
"""


def test_a_person_who_polishes_what_an_agent_wrote_is_done_with_one_commit(folder: Path) -> None:
    workspace(folder, pipeline=PIPELINE.replace("editor", "writer"))
    person = AGENT.replace("name: writer", "name: editor").replace(
        "{backend: builtin, builtin: product-listing.draft}", "{backend: person}"
    )
    commit_files(folder, {"agents/editor.md": person, "jobs/templates/t/pipeline.yaml": PIPELINE}, "a person polishes")
    world = world_of(folder)
    made_job(world)
    action = finish(world).action
    assert isinstance(action, Await)
    assert (
        action.reason == "polish is done by a person: commit a.md; orchestrator keep j polish lets what is there stand"
    )
    git(folder, "switch", "-q", "job/j")
    commit_files(folder, {"jobs/j/a.md": "Polished by hand.\n"}, "polish")
    git(folder, "switch", "-q", "main")
    assert isinstance(finish(world).action, Done)
    assert git(folder, "show", "job/j:jobs/j/a.md") == "Polished by hand."
