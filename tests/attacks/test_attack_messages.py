"""What was found by attacking, and mended in the engine: a path that ended a run, and a secret that a fault told."""

from pathlib import Path

import pytest
from attack_rules import check_refused
from loopback import Loopback
from loopback_wires import Reply
from siege import HELD, Attack, Siege
from test_attack_models import KEY, besiege, reply

from orchestrator.engine.advance import advance

pytestmark = pytest.mark.real

SCRIPT = """
lay("text.md", "fine words"); os.unlink("brief.md")
for name in ("brief.md", "keep.md"): lay(name + "/index.md")
"""


@pytest.mark.parametrize("walls", HELD)
def test_a_folder_in_the_place_of_a_file_that_stands_is_refused_and_ends_no_run(walls: str, tmp_path: Path) -> None:
    siege = Siege(tmp_path, walls)
    world = siege.besiege(Attack(SCRIPT, ("text.md", "*/index.md")), {"jobs/templates/t/keep.md": "kept"})
    advance(world, "j")  # today: TypeError in machine/digests.tree_id, or LedgerError; nothing is recorded
    check_refused(
        siege,
        [f"{name}/index.md: {name!r} is a file, and no folder" for name in ("brief.md", "keep.md")],
        ["keep.md", "text.md"],
    )


def test_a_secret_in_a_reply_that_is_not_taken_is_not_told(tmp_path: Path) -> None:
    siege = Siege(tmp_path, "bubblewrap")
    with Loopback([reply((f"{KEY}.md", "x")), Reply(text=f"the key is {KEY}")]) as server:
        advance(besiege(siege, server), "j")
    assert [name for name, content in siege.put_out() if KEY.encode() in content] == []  # today: told, state, message
