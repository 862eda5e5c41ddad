"""Programs run under limits: real ones, small, each at its end or ended; nothing of them is left."""

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.model.outside import CannotRun, CommandCall
from orchestrator.model.settings import Command
from orchestrator.outside.commands import Runner
from orchestrator.outside.folders import MOST_HANDED, environment, prepared
from orchestrator.outside.limits import Limits, signal_name
from orchestrator.outside.running import Ended, run

PATH = os.defpath
SOON = Limits(seconds=0.3, grace=0.1)
WIDE = Limits(seconds=30, grace=0.1)
PYTHON = (sys.executable, "-I", "-S", "-c")
MARK = f"orchestrator-test-of-commands-{os.getpid()}"


def left_behind() -> list[str]:
    """Return the command lines of living processes that bear the mark of these tests."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and folder.name != str(os.getpid()):
            try:
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if MARK.encode() in words:
                found.append(words.replace(b"\0", b" ").decode())
    return found


@pytest.fixture(params=["closed", "open"])
def is_open(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "open")


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Whatever a test ran, no process of it outlives it."""
    yield
    assert left_behind() == []


def shell(script: str, limits: Limits = WIDE, *, is_open: bool = False) -> Ended:
    with prepared({"listing.md": b"# Mug\n", "/memory/style.md": b"short\n"}) as root:
        argv = ["/bin/sh", "-c", f": {MARK}; {script}"]
        ended = run(argv, root / "job", environment(PATH, root), limits, is_open=is_open)
    assert not root.exists()
    return ended


def python(script: str, limits: Limits = WIDE, *, is_open: bool = False) -> Ended:
    with prepared({}) as root:
        argv = [*PYTHON, f"# {MARK}\n{script}"]
        ended = run(argv, root / "job", environment(PATH, root), limits, is_open=is_open)
    assert not root.exists()
    return ended


def outcome(ended: Ended) -> tuple[int | None, str | None]:
    return ended.status, ended.why


# --- what it sees ----------------------------------------------------------------------------------------------------


def test_a_program_tells_its_exit_code_and_both_streams(is_open: bool) -> None:
    ended = shell("echo out; echo err >&2; exit 3", is_open=is_open)
    assert (ended.status, ended.stdout, ended.stderr, ended.why) == (3, b"out\n", b"err\n", None)


def test_it_stands_among_the_jobs_files_with_the_workspaces_beside_them() -> None:
    ended = shell("cat listing.md ../workspace/memory/style.md; ls ..")
    assert ended.stdout == b"# Mug\nshort\nhome\njob\ntmp\nworkspace\n"


def test_its_environment_is_four_variables_and_no_secret(monkeypatch: pytest.MonkeyPatch, is_open: bool) -> None:
    monkeypatch.setenv("API_KEY", "tops3cret")
    ended = python("import os; print(sorted(os.environ)); print(os.environ['HOME'][-4:])", is_open=is_open)
    # Python itself sets LC_CTYPE where LANG alone would be C.
    names = ended.stdout.decode().replace("'LC_CTYPE', ", "")
    assert names == "['HOME', 'LANG', 'PATH', 'TMPDIR']\nhome\n"


def test_in_a_namespace_it_sees_no_other_process_and_so_no_others_environment() -> None:
    ended = shell("ls /proc | grep -c '^[0-9]'")
    if ended.unheld:
        pytest.skip("this system gives no namespace")
    assert int(ended.stdout) < 6


def test_its_input_is_empty(is_open: bool) -> None:
    assert shell("cat; echo end", is_open=is_open).stdout == b"end\n"


def test_only_absolute_folders_of_the_path_are_kept() -> None:
    assert environment(".:/usr/bin::bin:/bin", Path("/r"))["PATH"] == "/usr/bin:/bin"


# --- what it may not pass --------------------------------------------------------------------------------------------


def test_one_that_hangs_is_ended(is_open: bool) -> None:
    assert outcome(shell("sleep 1000", SOON, is_open=is_open)) == (None, "took more than 0.3 s")


def test_one_that_is_asked_to_end_may_say_its_last(is_open: bool) -> None:
    ended = shell("trap 'echo bye; exit 0' TERM; sleep 1000 & wait", replace(SOON, grace=20), is_open=is_open)
    assert (ended.status, ended.stdout, ended.why) == (None, b"bye\n", "took more than 0.3 s")


def test_one_that_does_not_hear_that_it_should_end_is_killed(is_open: bool) -> None:
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(1)"
    assert outcome(python(script, SOON, is_open=is_open)) == (None, "took more than 0.3 s")


def test_one_that_floods_is_killed_and_what_it_may_write_is_kept(is_open: bool) -> None:
    ended = shell("yes", replace(WIDE, output=200_000), is_open=is_open)
    assert outcome(ended) == (None, "wrote more than 0.2 MB")
    assert ended.stdout == b"y\n" * 100_000


@pytest.mark.parametrize(("count", "why"), [(999, None), (1000, None), (1001, "wrote more than 1,000 bytes")])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_the_limit_of_output_is_the_last_that_may_be_written(count: int, why: str | None, stream: str) -> None:
    ended = python(f"import sys; sys.{stream}.write('x' * {count})", replace(WIDE, output=1000))
    assert ended.why == why
    assert len(getattr(ended, stream)) == min(count, 1000)


def test_one_that_takes_memory_is_killed(is_open: bool) -> None:
    script = "import time; held = b'x' * 120_000_000; time.sleep(60)"
    ended = python(script, replace(WIDE, memory=60_000_000), is_open=is_open)
    assert outcome(ended) == (None, "held more than 60 MB of memory")


def test_the_memory_of_all_its_processes_counts_together(is_open: bool) -> None:
    script = "import os, time\nfor _ in range(4):\n  if not os.fork():\n    held = b'x' * 30_000_000; time.sleep(60)\n"
    ended = python(f"{script}time.sleep(60)", replace(WIDE, memory=90_000_000), is_open=is_open)
    assert outcome(ended) == (None, "held more than 90 MB of memory")


def test_one_that_writes_a_huge_file_is_killed(is_open: bool) -> None:
    script = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nopen('big', 'wb').write(b'x' * 3_000_000)"
    ended = python(script, replace(WIDE, file=1_000_000), is_open=is_open)
    assert outcome(ended) == (None, "wrote a file of more than 1 MB")


def test_one_that_spins_is_killed_by_the_processor_time_it_took() -> None:
    ended = python("while True: pass", replace(WIDE, cpu=1))
    assert outcome(ended) == (None, "took more than 1 s of processor time")


# Forks are counted out beforehand here: a test that starts processes without end is a danger to the machine.


def test_one_that_starts_too_many_processes_is_killed(is_open: bool) -> None:
    script = "import os, time\nfor _ in range(14):\n  if not os.fork(): time.sleep(60)\ntime.sleep(60)"
    ended = python(script, replace(WIDE, processes=10), is_open=is_open)
    assert outcome(ended) == (None, "ran more than 10 processes at a time")


@pytest.mark.parametrize("children", [8, 9])
def test_as_many_processes_as_may_be_are_let_be(children: int, is_open: bool) -> None:
    script = f"import os, time\nfor _ in range({children}):\n  if not os.fork(): time.sleep(.2); os._exit(0)\nos.wait()"
    assert outcome(python(script, replace(WIDE, processes=10), is_open=is_open)) == (0, None)


@pytest.mark.skipif(os.geteuid() != 0, reason="others are held by RLIMIT_NPROC, which counts all that they run")
def test_the_kernel_itself_refuses_many_more_and_what_the_program_made_of_that_does_not_count(is_open: bool) -> None:
    script = (
        "import os, time\nn = 0\ntry:\n  for _ in range(60):\n    if not os.fork(): time.sleep(60)\n    n += 1\n"
        "except OSError: print(n, flush=True)"
    )
    ended = python(script, replace(WIDE, processes=10), is_open=is_open)
    if any("without end" in each for each in ended.unheld):
        pytest.skip("this system gives no pids cgroup")
    assert outcome(ended) == (None, "ran more than 10 processes at a time")


# --- its end ---------------------------------------------------------------------------------------------------------


def test_children_that_left_the_session_and_hold_stdout_are_gone_with_it(is_open: bool) -> None:
    script = f"setsid sh -c ': {MARK}; sleep 1000' & (setsid sh -c 'setsid sh -c \": {MARK}; sleep 1000\"' &) ; echo on"
    ended = shell(script, is_open=is_open)
    assert (ended.status, ended.stdout, ended.why) == (0, b"on\n", None)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("SEGV", "killed by SIGSEGV"),
        ("TERM", "killed by SIGTERM"),
        ("KILL", "killed by SIGKILL, perhaps for want of memory"),
    ],
)
def test_a_signal_that_ended_it_is_named(name: str, why: str, is_open: bool) -> None:
    assert outcome(shell(f"kill -{name} $$", is_open=is_open)) == (None, why)


def test_a_signal_without_a_name_stands_for_itself() -> None:
    assert signal_name(signal.SIGTERM) == "SIGTERM"
    assert signal_name(250) == "signal 250"


def test_signals_that_python_ignores_end_a_program_as_elsewhere(is_open: bool) -> None:
    assert shell("yes | head -1; echo $?", is_open=is_open).stdout == b"y\n0\n"
    assert outcome(shell("kill -PIPE $$", is_open=is_open)) == (None, "killed by SIGPIPE")


def test_a_folder_nested_beyond_any_path_with_links_out_of_it_is_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("kept")
    link = f"os.symlink({str(tmp_path)!r}, 'link')"
    nest = "for _ in range(150): os.mkdir('n' * 40); os.chdir('n' * 40)"
    assert outcome(python(f"import os\n{link}\n{nest}\n{link}; os.chmod('.', 0)")) == (0, None)
    assert (tmp_path / "kept").read_text() == "kept"


def test_the_cgroup_that_held_it_is_gone_with_it() -> None:
    names = [line.rpartition("/")[2] for line in shell("cat /proc/self/cgroup").stdout.decode().splitlines()]
    made = [name for name in names if name.startswith("orchestrator-")]
    assert not [
        name for name in made if Path("/sys/fs/cgroup/pids", name).exists() or Path("/sys/fs/cgroup", name).exists()
    ]


# --- the settings' names ---------------------------------------------------------------------------------------------


def runner(**commands: tuple[str, ...]) -> Runner:
    named = {name: Command(argv=argv) for name, argv in commands.items()}
    return Runner(named, PATH, Limits(grace=0.1))


def test_a_named_command_is_run_with_the_arguments_behind_its_own() -> None:
    end = runner(say=("echo", "one")).command(CommandCall("say", {}, ("two", "three")))
    assert (end.status, end.stdout, end.why) == (0, b"one two three\n", None)


def test_the_folder_of_a_named_command_is_gone_with_it() -> None:
    end = runner(home=("sh", "-c", "echo $HOME")).command(CommandCall("home", {"a/b.md": b"x"}))
    home = Path(end.stdout.decode().strip())
    assert home.name == "home"
    assert not home.parent.exists()


def test_the_calls_time_is_the_one_that_counts() -> None:
    end = runner(wait=("sleep", "1000")).command(CommandCall("wait", {}, timeout=0.2))
    assert (end.status, end.why) == (None, "took more than 0.2 s")


def test_paths_of_its_folder_are_told_as_the_job_knows_them() -> None:
    files = {"a.md": b"", "/memory/b.md": b""}
    found = ("sh", "-c", 'ls "$PWD/a.md" ../workspace/memory/b.md; cd ../workspace && ls "$PWD/memory/b.md" >&2')
    end = runner(look=found).command(CommandCall("look", files))
    assert (end.stdout, end.stderr) == (b"/memory/b.md\na.md\n", b"/memory/b.md\n")


@pytest.mark.parametrize(
    ("argv", "fault"),
    [
        (("no-such-program",), "'no-such-program' is not there, or is no program; install it, or mend commands.x.argv"),
        (("/etc/passwd",), "'/etc/passwd' is not there, or is no program; install it, or mend commands.x.argv"),
        (("./tool",), "commands.x.argv in orchestrator.yaml begins with the relative path './tool'"),
        (("bin/tool",), "commands.x.argv in orchestrator.yaml begins with the relative path 'bin/tool'"),
    ],
)
def test_a_program_that_is_not_there_cannot_run(argv: tuple[str, ...], fault: str) -> None:
    with pytest.raises(CannotRun) as caught:
        runner(x=argv).command(CommandCall("x", {"tool": b"#!/bin/sh\n"}))
    assert str(caught.value).startswith(fault)


def test_a_file_that_is_no_program_for_the_system_cannot_run(tmp_path: Path) -> None:
    program = tmp_path / "text"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    with pytest.raises(CannotRun, match=f"{program} cannot be started: No such file or directory"):
        runner(x=(str(program),)).command(CommandCall("x", {}))


def test_a_name_that_the_settings_do_not_have_cannot_run() -> None:
    with pytest.raises(CannotRun) as caught:
        runner(prose=("true",)).command(CommandCall("prosa", {}))
    assert str(caught.value) == "no command 'prosa' in orchestrator.yaml on the base; did you mean \"prose\"?"


@pytest.mark.parametrize("path", ["../x", "a/../b", "", "/", "a\0b", ".", "x" * 300])
def test_a_path_that_leads_elsewhere_or_nowhere_is_not_handed(path: str) -> None:
    with pytest.raises(CannotRun, match="cannot be handed to a program"):
        runner(ok=("true",)).command(CommandCall("ok", {path: b""}))


def test_a_file_and_a_folder_of_one_name_are_not_handed() -> None:
    with pytest.raises(CannotRun, match="cannot be handed to a program"):
        runner(ok=("true",)).command(CommandCall("ok", {"a": b"", "a/b": b""}))


def test_more_than_a_program_is_to_be_handed_cannot_run() -> None:
    part = bytes(MOST_HANDED // 4)
    files = {str(n): part for n in range(4)}
    with pytest.raises(CannotRun, match="the files have more than 100 MB"):
        runner(ok=("true",)).command(CommandCall("ok", {**files, "one-more": b"x"}))


@pytest.mark.parametrize("argument", ["a\0b", "x" * 3_000_000])
def test_arguments_that_the_system_does_not_take_cannot_run(argument: str) -> None:
    with pytest.raises(CannotRun, match="the program cannot be started"):
        runner(ok=("true",)).command(CommandCall("ok", {}, (argument,)))


def test_what_the_system_does_not_hold_is_said() -> None:
    assert shell("true", is_open=True).unheld != ()
    assert runner().unheld == shell("true").unheld
