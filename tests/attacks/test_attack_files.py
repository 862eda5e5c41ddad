"""What a hostile program leaves in its checkout: names, places and things that are no artifacts."""

import os
from pathlib import Path

import pytest
from attack_rules import GIT, IN_ITS_OWN_FOLDER, OBEYED, OURS, UNWRITTEN, check_refused, said_of
from siege import EVERY, PIPELINE, Attack, Siege

from orchestrator.engine.advance import advance
from orchestrator.outside.scratch import NONE

pytestmark = pytest.mark.real

PLANTS_NAMES = """
lay("text.md", "fine words")
for path in said["paths"]: lay("out/" + path)
"""


@pytest.mark.parametrize("walls", EVERY)
def test_names_in_disguise_and_configuration_as_code_are_refused_one_by_one(walls: str, tmp_path: Path) -> None:
    siege = Siege(tmp_path, walls)
    attack = Attack(PLANTS_NAMES, ("text.md", "out/**"), {"paths": list(IN_ITS_OWN_FOLDER)})
    advance(siege.besiege(attack), "j")
    assert len(IN_ITS_OWN_FOLDER) <= 50  # the most that a state keeps
    check_refused(siege, [said_of(f"out/{path}", rule) for path, rule in IN_ITS_OWN_FOLDER.items()], ["text.md"])


NOT_ITS_OWN = {
    **dict.fromkeys(
        ("approvals/draft.yaml", "state.yaml", "pipeline.yaml", "job.yaml", "orchestrator.yaml"), "written"
    ),
    **dict.fromkeys((".git/hooks/post-commit", ".gitmodules", "CLAUDE.md", "conftest.py"), "written"),
    **dict.fromkeys(
        (
            *("/orchestrator.yaml", "/agents/writer.md", "/prompts/draft.md.j2", "/.git/config"),
            *("/jobs/j/state.yaml", "/jobs/other/text.md", "/memory/style.md"),
        ),
        "written",
    ),
    "brief.md": "changed",
}
PLANTS_ELSEWHERE = """
lay("text.md", "fine words")
for path in said["paths"]: lay("../workspace" + path if path[0] == "/" else path)
"""


@pytest.mark.parametrize("walls", EVERY)
def test_the_files_of_the_job_of_other_jobs_and_of_the_workspace_are_not_the_agents_to_write(
    walls: str, tmp_path: Path
) -> None:
    siege = Siege(tmp_path, walls)
    advance(siege.besiege(Attack(PLANTS_ELSEWHERE, told={"paths": list(NOT_ITS_OWN)})), "j")
    check_refused(siege, [f"{verb}, and the step writes text.md" for verb in NOT_ITS_OWN.values()], ["text.md"])
    assert {finding.file for finding in siege.record().findings} == set(NOT_ITS_OWN)


PLANTS_THINGS = """
os.mkdir("out"); home = said["home"]
lay("text.md", "fine words"); os.unlink("text.md"); os.symlink(home + "/.ssh/id", "text.md")
os.symlink("/etc/passwd", "out/link"); os.symlink("/etc", "out/folder"); os.symlink("nowhere", "out/dangling")
os.symlink("../brief.md", "out/own"); os.mkfifo("out/fifo")
lay("out/one"); os.link("out/one", "out/other")
socket.socket(socket.AF_UNIX).bind("out/socket")
for name, mode in (("setuid", 0o4755), ("setgid", 0o2755), ("sticky", 0o1644)):
    lay("out/" + name); os.chmod("out/" + name, mode)
lay("out/large.bin", b"x" * 6_000_000)
open(b"out/name\\xff", "w").close()
lay("out/sub/.git/HEAD", "ref: refs/heads/main"); lay("out/gitlink/.git", "gitdir: ../../../.git")
try_to(os.link, home + "/.ssh/id", "out/hard")
try_to(os.mknod, "out/device", 0o20666, os.makedev(1, 3))
"""
A_LINK, TWO_NAMES = "a symbolic link", "has another name too (a hard link)"
THINGS = [
    *(A_LINK,) * 5,
    *(TWO_NAMES,) * 2,
    *("a FIFO", "a socket", "has the setuid bit", "has the setgid bit", "has the sticky bit", "is larger than 5 MB"),
    r"'out/name\\\\xff': has a name that is not UTF-8",
    f"out/gitlink/.git: {GIT}",
    f"out/sub/.git/HEAD: {GIT}",
    *UNWRITTEN,
]


@pytest.mark.parametrize("walls", EVERY)
def test_links_fifos_sockets_devices_and_privileged_files_are_named_and_never_opened(
    walls: str, tmp_path: Path
) -> None:
    siege = Siege(tmp_path, walls)
    attack = Attack(PLANTS_THINGS, ("text.md", "out/**"), {"home": str(siege.home)})
    advance(siege.besiege(attack), "j")
    beyond_walls = [TWO_NAMES, *(["a device"] if os.geteuid() == 0 else [])] if walls == NONE else []
    check_refused(siege, [*THINGS, *beyond_walls], [])


PLANTS_FOLDERS = """
lay("text.md", "fine words")
for name in ("state.yaml", "pipeline.yaml", "job.yaml", "approvals", "CLAUDE.md"): lay(name + "/index.md")
"""


@pytest.mark.parametrize("walls", EVERY)
def test_a_folder_in_the_place_of_a_file_of_the_orchestrator_is_refused(walls: str, tmp_path: Path) -> None:
    siege = Siege(tmp_path, walls)
    advance(siege.besiege(Attack(PLANTS_FOLDERS, ("text.md", "*/index.md"))), "j")
    ours = [f"{name}/index.md: {OURS}" for name in ("approvals", "job.yaml", "pipeline.yaml", "state.yaml")]
    check_refused(siege, [f"CLAUDE.md/index.md: {OBEYED}", *ours], ["text.md"])


DELETES = 'os.unlink("text.md")'
TWO_READS = PIPELINE.replace("[brief.md]", "[brief.md, text.md]")


@pytest.mark.parametrize("walls", EVERY)
def test_a_deletion_of_what_the_step_writes_is_refused_and_the_file_stays(walls: str, tmp_path: Path) -> None:
    siege = Siege(tmp_path, walls)
    world = siege.besiege(
        Attack(DELETES),
        {
            "jobs/templates/t/text.md": "as it was",
            "jobs/templates/t/pipeline.yaml": TWO_READS % "[text.md]",
        },
    )
    advance(world, "j")
    check_refused(siege, ["was deleted, and the step writes it"], ["text.md"])
    assert siege.content("text.md") == b"as it was"


MANY_SMALL = """
lay("text.md", "fine words"); os.mkdir("out")
for number in range(10_001): open(f"out/{number:05}", "w").close()
"""
MUCH_IN_ALL = """
lay("text.md", "fine words")
for number in range(12): lay(f"out/{number:02}", b"%02d" % number * 2_500_000)
"""
TOO_MANY = "holds too many files and folders; the rest was not read"


@pytest.mark.real
@pytest.mark.parametrize("walls", EVERY)
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (MANY_SMALL, [f"'.': {TOO_MANY}", TOO_MANY]),
        (MUCH_IN_ALL, ["all files have more than 50 MB"] * 3),
    ],
)
def test_10_001_files_or_60_mb_are_refused_as_a_whole(
    script: str, expected: list[str], walls: str, tmp_path: Path
) -> None:
    siege = Siege(tmp_path, walls)
    advance(siege.besiege(Attack(script, ("text.md", "out/**"))), "j")
    check_refused(siege, [*expected, *UNWRITTEN], [])
