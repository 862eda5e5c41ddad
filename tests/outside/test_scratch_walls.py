"""What a program in a sandbox tries and does not get: everything is tried in one run of each sandbox, and compared."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scratching import ALONE, HELD, PATH, python, ran

from orchestrator.model.outside import ScratchCall
from orchestrator.outside.scratch import BUBBLEWRAP, LANDLOCK

pytestmark = pytest.mark.real

SECRET = "cana" + "ry-7f3a"  # in two, so that no command line bears it

ATTACK = """
import ctypes, glob, json, os, signal, socket, sys
said = json.loads(open(os.environ["HANDED"] + "/said.json").read())
outside, victim, port, udp = said["outside"], said["victim"], said["port"], said["udp"]

def reads(*paths):
    held = b""
    for path in paths:
        try:
            place = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            try: held += os.read(place, 100_000)
            finally: os.close(place)
        except OSError: pass
    return held

def connects(kind, address):
    with socket.socket(*kind) as line:
        line.settimeout(5)
        line.connect(address)
        line.sendall(b"out")
        return "connected"

def writes(path):
    with open(path, "w") as file: file.write("written")
    return "written"

def leaks(paths): return "leaked" if said["secret"].encode() in reads(*paths) else "held"

tries = {
    "key": lambda: leaks([outside + "/home/.ssh/id_rsa"]),
    "repository": lambda: leaks([outside + "/repository/.git/config"]),
    "link": lambda: (os.symlink(outside + "/home/.ssh/id_rsa", "link"), leaks(["link"]))[1],
    "names": lambda: " ".join(os.listdir(outside)),
    "guessed": lambda: os.stat("/etc/shadow") and "there",
    "environments": lambda: leaks(glob.glob("/proc/*/environ")),
    "memory": lambda: reads("/proc/%d/mem" % victim) and "read" or "held",
    "descriptors": lambda: leaks(glob.glob("/proc/*/fd/*") + glob.glob("/proc/*/root" + outside + "/home/.ssh/id_rsa")),
    "signal": lambda: os.kill(victim, signal.SIGTERM),
    "trace": lambda: ctypes.CDLL(None).ptrace(16, victim, None, None) == 0 and "traced" or "held",
    "write": lambda: writes(outside + "/planted"),
    "hook": lambda: writes(outside + "/repository/.git/hooks/pre-commit"),
    "above": lambda: writes("../" * 20 + outside.lstrip("/") + "/planted"),
    "mode": lambda: os.chmod(outside + "/home", 0o777),
    "hard link": lambda: os.link(outside + "/home/.ssh/id_rsa", "hard"),
    "move": lambda: os.rename(outside + "/home", "home"),
    "handed": lambda: writes(os.environ["HANDED"] + "/said.json"),
    "system": lambda: open("/usr/bin/env", "ab").close(),
    "kernel": lambda: open("/proc/sys/kernel/core_pattern", "ab").close(),
    "kernel memory": lambda: open("/proc/kcore", "rb").close(),
    "keys of the kernel": lambda: open("/proc/sysrq-trigger", "ab").close(),
    "disk": lambda: [open(path, "rb").close() for path in glob.glob("/dev/[svn]d*") + ["/dev/mem"]],
    "new user": lambda: os.setuid(1),
    "node": lambda: os.mknod("node", 0o60666, os.makedev(254, 0)),
    "setuid": lambda: os.chmod(outside + "/home/.ssh/id_rsa", 0o4755),
    "mount": lambda: ctypes.CDLL(None).mount(b"none", b".", b"tmpfs", 0, None) == 0 and "mounted" or "held",
    "tcp": lambda: connects((socket.AF_INET, socket.SOCK_STREAM), ("127.0.0.1", port)),
    "udp": lambda: connects((socket.AF_INET, socket.SOCK_DGRAM), ("127.0.0.1", udp)),
    "path socket": lambda: connects((socket.AF_UNIX, socket.SOCK_STREAM), outside + "/socket"),
    "abstract socket": lambda: connects((socket.AF_UNIX, socket.SOCK_STREAM), "\\0" + said["abstract"]),
    "raw socket": lambda: connects((socket.AF_INET, socket.SOCK_RAW, 1), ("127.0.0.1", 0)),
    "terminal": lambda: open("/dev/tty", "rb").close(),
    "powers": lambda: [line for line in reads("/proc/self/status").decode().split("\\n") if line[:6] == "CapEff"][0],
    "privileges": lambda: [line for line in reads("/proc/self/status").decode().split("\\n") if line[:5] == "NoNew"][0],
    "open": lambda: sorted(os.listdir("/proc/self/fd")),
    "processes": lambda: len([name for name in os.listdir("/proc") if name.isdecimal()]) < 12,
}
found = {}
for name, tried in tries.items():
    try: found[name] = tried() or "done"
    except OSError as exc: found[name] = "held"
print(json.dumps(found))
"""

APART = {
    **dict.fromkeys(
        (
            *("key", "repository", "link", "names", "environments", "memory", "descriptors", "signal", "trace"),
            *("write", "hook", "above", "mode", "hard link", "move", "handed", "system", "node", "setuid", "mount"),
            *("kernel", "kernel memory", "keys of the kernel", "disk", "new user"),
            *("tcp", "path socket", "abstract socket", "raw socket", "terminal"),
        ),
        "held",
    ),
    "udp": "connected",  # into a loopback where nobody listens
    "powers": "CapEff:\t0000000000000000",
    "privileges": "NoNewPrivs:\t1",
    "open": ["0", "1", "2", "3"],
    "processes": True,
}
GUESSED = {BUBBLEWRAP: "held", LANDLOCK: "there"}
"""docs/sandbox.md says so: Landlock hides what is in a file, and not that it is there."""
UNHELD_ALONE = {"guessed": "there", "mode": "done", "setuid": "done", "path socket": "connected", "handed": "held"}


class Outside:
    """A home, a repository, a process, servers: all that a program should not reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in ("home/.ssh/id_rsa", "repository/.git/config", "repository/.git/hooks/sample"):
            (folder / path).parent.mkdir(parents=True)
            (folder / path).write_text(SECRET)
        environ = {"PATH": PATH, "TOKEN": SECRET}
        self.victim = subprocess.Popen(["sleep", "300"], env=environ)
        self.abstract = f"orchestrator-test-{os.getpid()}"
        self.servers = [
            socket.create_server(("127.0.0.1", 0)),
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
            *(socket.socket(socket.AF_UNIX) for _ in range(2)),
        ]
        tcp, udp, named, abstract = self.servers
        udp.bind(("127.0.0.1", 0))
        named.bind(str(folder / "socket"))
        abstract.bind(f"\0{self.abstract}")
        for each in (named, abstract):
            each.listen()
        self.ports = tcp.getsockname()[1], udp.getsockname()[1]

    def said(self) -> bytes:
        port, udp = self.ports
        named = {"outside": str(self.folder), "victim": self.victim.pid, "port": port, "udp": udp}
        return json.dumps({**named, "abstract": self.abstract, "secret": SECRET}).encode()

    def heard(self) -> bool:
        """Say whether a datagram came."""
        self.servers[1].setblocking(False)
        try:
            return bool(self.servers[1].recv(10))
        except BlockingIOError:
            return False

    def is_whole(self) -> bool:
        """Say whether all stands as it stood, and the process lives."""
        there = sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if not path.is_dir())
        files = ["home/.ssh/id_rsa", "repository/.git/config", "repository/.git/hooks/sample", "socket"]
        return there == files and self.victim.poll() is None

    def close(self) -> None:
        for each in self.servers:
            each.close()
        self.victim.send_signal(signal.SIGKILL)
        self.victim.wait()


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    made = Outside(tmp_path)
    yield made
    made.close()


def attacked(name: str, outside: Outside, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("CALLERS_TOKEN", SECRET)  # what the caller's own environment holds
    end = python(name, ATTACK, ScratchCall((), {}, handed={"said.json": outside.said()}, timeout=20))
    assert (end.status, end.stderr) == (0, b"")
    assert SECRET not in repr(end)
    found = json.loads(end.stdout)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", HELD)
def test_nothing_that_it_tries_gets_out_and_nothing_comes_in(
    name: str, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attacked(name, outside, monkeypatch) == {**APART, "guessed": GUESSED[name]}
    assert outside.is_whole()
    assert not outside.heard()


def test_landlock_without_namespaces_holds_files_tcp_and_other_processes_and_says_what_it_does_not(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    end = python(ALONE, ATTACK, ScratchCall((), {}, handed={"said.json": outside.said()}, timeout=20))
    found = json.loads(end.stdout)
    for not_promised in ("raw socket", "processes", "udp", "names"):
        found.pop(not_promised)
    promised = {key: value for key, value in APART.items() if key in found}
    assert found == {**promised, **UNHELD_ALONE}
    assert outside.is_whole()
    assert end.unheld[:3] == (
        "the network, but for TCP",
        "names and permissions: it may see that a file is there, and change the mode of one that is the user's",
        "sockets with a path, such as those of an SSH agent or of Docker",
    )


@pytest.mark.parametrize("name", HELD)
def test_a_folder_that_it_may_see_is_read_and_not_written(name: str, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "model.txt").write_text("model")
    (tmp_path / "key").write_text("key")
    seen = tmp_path / "lib"
    script = f"cat {seen}/model.txt; echo x >{seen}/y; rm -f {seen}/model.txt; cat {tmp_path}/key"
    call = ScratchCall(("sh", "-c", script), {}, sees=(str(seen),))
    assert ran(name, call).stdout == b"model"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["key", "lib", "model.txt"]


@pytest.mark.parametrize("name", HELD)
def test_a_whole_top_folder_that_it_may_see_shows_its_own_and_stays_unwritten(name: str, tmp_path: Path) -> None:
    (tmp_path / "seen").write_text("seen")
    top = "/" + tmp_path.parts[1]
    script = f"cat {tmp_path}/seen; echo x >{tmp_path}/planted; echo work >made"
    end = ran(name, ScratchCall(("sh", "-c", script), {}, sees=(top,), timeout=20))
    assert (end.stdout, end.files) == (b"seen", {"made": b"work\n"})
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


PLANTS = """
import os, socket
os.symlink('/etc/passwd', 'link'); os.symlink('.', 'around'); os.mkfifo('fifo')
os.makedirs('.git/hooks')
open('.git/hooks/pre-commit', 'w').write('#!/bin/sh'); open('bits', 'w').close(); os.chmod('bits', 0o4755)
open('group', 'w').close(); os.chmod('group', 0o2755); open('sticky', 'w').close(); os.chmod('sticky', 0o1644)
open('one', 'w').close(); os.link('one', 'other'); socket.socket(socket.AF_UNIX).bind('socket')
open('large', 'wb').write(b'x' * 5_000_001); open(b'name\\xff', 'w').close(); open('plain', 'w').write('text')
"""


@pytest.mark.parametrize("name", [*HELD, ALONE, "none"])
def test_what_is_no_plain_file_is_named_and_not_read(name: str) -> None:
    end = python(name, PLANTS)
    assert (end.status, end.stderr) == (0, b"")
    assert end.files == {".git/hooks/pre-commit": b"#!/bin/sh", "plain": b"text"}
    assert end.odd == {
        "around": "a symbolic link",
        "bits": "has the setuid bit",
        "fifo": "a FIFO",
        "group": "has the setgid bit",
        "large": "is larger than 5 MB",
        "link": "a symbolic link",
        "name\\xff": "has a name that is not UTF-8",
        "one": "has another name too (a hard link)",
        "other": "has another name too (a hard link)",
        "socket": "a socket",
        "sticky": "has the sticky bit",
    }


AS_NOBODY = """
import json, os, sys
from orchestrator.model.outside import ScratchCall
from orchestrator.outside.scratch import BUBBLEWRAP, LANDLOCK
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import run_in_scratch, sandboxes
script = (
    "cat {key}; cat /proc/*/environ | grep -c TOKEN; echo x >/usr/x; mkdir -m 0 shut; echo made >made; id -u;"
    " grep CapEff /proc/self/status"
)
for each in sandboxes(os.defpath):
    end = run_in_scratch(ScratchCall(("sh", "-c", script), {{}}), os.defpath, Limits(), required=True, among=(each,))
    print(json.dumps([end.sandbox, end.stdout.decode(), end.unheld, {{k: v.decode() for k, v in end.files.items()}}]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else; others are tested by all the rest")
def test_an_ordinary_user_is_held_as_well(tmp_path: Path) -> None:
    python_of_all = f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"
    if not os.access(python_of_all, os.X_OK):
        pytest.skip("this system has no Python that another user may run")
    key = tmp_path / "key"
    key.write_text(SECRET)
    key.chmod(0o644)
    command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", python_of_all, "-c"]
    environ = {"PATH": PATH, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]), "TOKEN": SECRET}
    environ["PYTHONDONTWRITEBYTECODE"] = "1"
    done = subprocess.run([*command, AS_NOBODY.format(key=key)], env=environ, capture_output=True, timeout=60)
    assert done.stderr == b""
    stdout = "0\n65534\nCapEff:\t0000000000000000\n"
    expected = [[name, stdout, [], {"made": "made\n"}] for name in HELD]
    assert [json.loads(line) for line in done.stdout.splitlines()] == expected
