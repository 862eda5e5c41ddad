"""What a hostile program reaches for: secrets, other processes, the network, the disk outside its folder, time.

Never here: a kill of all processes, or processes without end. Where a wall failed, that would end the machine.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from siege import ENVIRON, HELD, MARK, PIPELINE, VARIABLE, Attack, Siege, git

from orchestrator.engine.advance import advance

pytestmark = pytest.mark.real

REACHES = """
import glob, signal, subprocess
mark = ("cana" + "ry-5e81").encode()
got = []
def reads(*paths):
    held = b""
    for path in paths:
        try:
            place = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            try: held += os.read(place, 100_000)
            finally: os.close(place)
        except OSError: pass
    got.append(held)
    return "read" if held else "held"
def finds(*paths): reads(*paths); return "found" if mark in got[-1] else "held"
def writes(path):
    with open(path, "a") as file: file.write("planted")
    return "written"
def connects(kind, address):
    with socket.socket(*kind) as line:
        line.settimeout(5); line.connect(address); line.sendall(mark)
        return "connected"
def pull(path): os.symlink(path, "pulled"); return reads("pulled")
home, folder, beside, victim = said["home"], said["folder"], said["beside"], said["victim"]
tries = {
    "ssh key": lambda: reads(home + "/.ssh/id"),
    "aws credentials": lambda: reads(home + "/.aws/credentials"),
    "by a link": lambda: pull(home + "/.ssh/id"),
    "git config": lambda: reads(folder + "/.git/config"),
    "other branch": lambda: reads(folder + "/.git/refs/heads/other"),
    "objects": lambda: reads(*glob.glob(folder + "/.git/objects/*/*")[:3]),
    "git": lambda: "read" if b"commit" in subprocess.run(
        ["git", "-C", folder, "log"], capture_output=True).stdout else "held",
    "settings of the base": lambda: reads(folder + "/orchestrator.yaml"),
    "own environment": lambda: "found" if mark in repr(dict(os.environ)).encode() else "held",
    "environments": lambda: finds(*glob.glob("/proc/*/environ"), *glob.glob("/proc/*/task/*/environ")),
    "environment of the parent": lambda: finds("/proc/%d/environ" % os.getppid(), "/proc/1/environ"),
    "environment of a process": lambda: reads("/proc/%d/environ" % victim),
    "memory of a process": lambda: reads("/proc/%d/mem" % victim),
    "by a process": lambda: finds(*glob.glob("/proc/*/cwd" + home + "/.ssh/id"), *glob.glob("/proc/*/fd/*")),
    "kill of a process": lambda: os.kill(victim, signal.SIGKILL) or "killed",
    "kill of the orchestrator": lambda: os.kill(said["us"], 0) or "may",
    "loopback": lambda: connects((socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1", said["port"])),
    "a socket with a name": lambda: connects((socket.AF_UNIX, socket.SOCK_STREAM), beside + "/socket"),
    "write beside": lambda: writes(beside + "/canary"),
    "write at home": lambda: writes(home + "/.profile"),
    "write a hook": lambda: writes(folder + "/.git/hooks/pre-commit"),
    "write into the workspace": lambda: writes(folder + "/orchestrator.yaml"),
    "write a ref": lambda: writes(folder + "/.git/refs/heads/job/j"),
    "write above": lambda: writes("../" * 20 + beside.lstrip("/") + "/planted"),
    "move away": lambda: os.rename(beside + "/canary", "canary") or "moved",
    "hard link": lambda: os.link(home + "/.ssh/id", "hard") or "linked",
}
found = {}
for name, tried in tries.items():
    try: found[name] = tried()
    except OSError: found[name] = "held"
try: writes("/tmp/" + said["name"])
except OSError: pass
for number in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: os.execv(sys.executable, [*said["sleeper"], said["name"]])
        os._exit(0)
if os.path.lexists("pulled"): os.unlink("pulled")
loot = b" ".join(each for each in got if mark in each).decode("utf-8", "replace")
print(loot, flush=True); sys.stderr.write(loot)
lay("text.md", "Two words.\\n\\n" + json.dumps(found) + loot + "\\n")
"""
EVERYTHING_HELD = dict.fromkeys(
    (
        *("ssh key", "aws credentials", "by a link", "git config", "other branch", "objects", "git"),
        *("settings of the base", "own environment", "environments", "environment of the parent"),
        *("environment of a process", "memory of a process", "by a process", "kill of a process"),
        *("kill of the orchestrator", "loopback", "a socket with a name", "write beside", "write at home"),
        *("write a hook", "write into the workspace", "write a ref", "write above", "move away", "hard link"),
    ),
    "held",
)


@contextmanager
def victim() -> Iterator[subprocess.Popen[bytes]]:
    """Run another process of the user's, with a secret in its environment."""
    process = subprocess.Popen(["sleep", "300"], env={"PATH": os.defpath, VARIABLE: ENVIRON})
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


@contextmanager
def servers(place: Path) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Listen on loopback, and on a socket with a name."""
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as named:
        named.bind(str(place))
        named.listen()
        yield server, named


def was_called(server: socket.socket) -> bool:
    """Say whether anybody called a server."""
    server.setblocking(False)
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def left_behind(name: str) -> list[str]:
    """Return the processes that bear a name among their arguments."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = place.read_bytes().split(b"\0")
        except OSError:
            continue
        if words[-2:-1] == [name.encode()]:
            found.append(place.parent.name)
    return found


@pytest.mark.parametrize("walls", HELD)
def test_nothing_is_read_written_killed_called_or_left_behind_and_nothing_of_the_environment_is_told(
    walls: str, tmp_path: Path
) -> None:
    siege = Siege(tmp_path, walls)
    name = f"attack-{os.getpid()}-{walls}"
    with servers(siege.beside / "socket") as (server, named), victim() as process:
        told = {
            "home": str(siege.home),
            "folder": str(siege.folder),
            "beside": str(siege.beside),
            "victim": process.pid,
            "us": os.getpid(),
            "port": server.getsockname()[1],
            "name": name,
        }
        siege.besiege(Attack(REACHES, told=told))
        ran = subprocess.run(
            [sys.executable, "-m", "orchestrator", "-C", str(siege.folder), "run", "j"],
            env={**siege.environ, "PATH": siege.path()},
            capture_output=True,
            timeout=60,
        )
        assert process.poll() is None
        assert not any(map(was_called, (server, named)))
    assert (ran.returncode, MARK.encode() in ran.stdout + ran.stderr) == (0, False)
    text = siege.content("text.md").decode()
    assert json.loads(text.partition("\n\n")[2]) == EVERYTHING_HELD
    assert siege.record().outcome == "passed"
    assert (siege.folder / "published").is_dir()
    assert left_behind(name) == []
    assert not Path("/tmp", name).exists()
    siege.check_nothing_else_changed("worktree")
    assert git(siege.folder, "status", "--porcelain") == ""


WEARS_OUT = """
import signal
attempt = int(os.environ["ORCHESTRATOR_ATTEMPT"])
while attempt == 1: os.write(1, b"x" * 65_536)
while attempt == 2: os.write(2, b"y" * 65_536)
try_to(os.kill, os.getppid(), signal.SIGKILL)
lay("text.md", "fine words")
"""
THREE_ATTEMPTS = PIPELINE.replace("attempts: 1", "attempts: 3") % "[text.md]"


@pytest.mark.parametrize("walls", HELD)
def test_output_without_end_is_cut_off_and_a_kill_of_its_keeper_ends_nothing(walls: str, tmp_path: Path) -> None:
    siege = Siege(tmp_path, walls)
    world = siege.besiege(Attack(WEARS_OUT), {"jobs/templates/t/pipeline.yaml": THREE_ATTEMPTS})
    for _ in range(2):
        advance(world, "j")
        (finding,) = siege.record().findings
        assert (siege.record().outcome, siege.trailer("Outcome")) == ("failed", "failed")
        assert re.fullmatch(r"evil wrote more than \d+ MB", finding.message)
        assert siege.files() == []
    advance(world, "j")
    assert (siege.record().outcome, siege.files()) == ("passed", ["text.md"])
    siege.check_nothing_else_changed()


NEVER_RETURNS = """
import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)
for number in range(3):
    if os.fork() == 0: break
time.sleep(300)
"""


@pytest.mark.real
@pytest.mark.parametrize("walls", HELD)
def test_a_program_that_never_returns_and_will_not_be_asked_is_killed_with_its_children(
    walls: str, tmp_path: Path
) -> None:
    siege, told = Siege(tmp_path, walls), {"name": f"sleeper behind {walls}"}  # another may run beside this test
    advance(siege.besiege(Attack(NEVER_RETURNS, told=told, timeout=1)), "j")
    assert (siege.record().outcome, siege.files()) == ("error", [])
    assert [finding.message for finding in siege.record().findings] == ["evil took more than 1 s"]
    assert left_behind(json.dumps(told)) == []
    siege.check_nothing_else_changed()
