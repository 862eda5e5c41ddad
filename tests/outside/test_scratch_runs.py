"""A program in a scratch checkout: what it is handed, how it ends, what is told of it; in each sandbox and in none."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from scratching import EVERY, HELD, PATH, PYTHON, QUICK, python, ran, shell

from orchestrator.model.outside import CannotRun, ScratchCall
from orchestrator.outside.scratch import BUBBLEWRAP, NONE, Sandbox, in_words, run_in_scratch, sandboxes

pytestmark = pytest.mark.real


@pytest.fixture(params=EVERY)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_bubblewrap_works_here_and_comes_first() -> None:
    assert tuple(each.kind for each in sandboxes(PATH)) == HELD
    end = run_in_scratch(ScratchCall(("true",), {}), PATH, QUICK, required=True)
    assert (end.status, end.sandbox, end.unheld) == (0, "bubblewrap", ())


def test_without_bubblewrap_in_the_path_it_is_landlock(tmp_path: Path) -> None:
    (tmp_path / "true").symlink_to(shutil.which("true", path=PATH) or "")
    end = run_in_scratch(ScratchCall(("true",), {}), str(tmp_path), QUICK, required=True)
    assert (end.status, end.sandbox) == (0, "landlock")


def test_where_one_is_required_and_none_works_nothing_is_run() -> None:
    with pytest.raises(CannotRun) as caught:
        run_in_scratch(ScratchCall(("true",), {}), PATH, QUICK, required=True, among=())
    assert str(caught.value) == (
        "no sandbox for commands works here, and the settings require one; install bubblewrap (apt install"
        " bubblewrap), or let users make namespaces"
    )


def test_bubblewrap_works_where_the_keeper_itself_gets_no_namespaces(tmp_path: Path) -> None:
    bwrap = shutil.which("bwrap", path=PATH) or ""
    made = Sandbox(BUBBLEWRAP, is_open=True, bwrap=bwrap)
    call = ScratchCall(("sh", "-c", f"cat {tmp_path}/key; ls /proc | grep -c '^[0-9]'; sleep 1000 & echo on"), {})
    (tmp_path / "key").write_text("key")
    end = run_in_scratch(call, PATH, QUICK, required=True, among=(made,))
    assert (end.status, end.stdout.splitlines()[1:], end.unheld) == (0, [b"on"], ())
    assert int(end.stdout.split()[0]) < 6


def test_without_any_it_runs_and_what_is_not_held_is_said() -> None:
    end = shell(NONE, "exit 0")
    assert (end.status, end.sandbox) == (0, "none")
    assert end.unheld[:2] == (
        "files: it may read what the user may read, and write elsewhere",
        "the network: it may reach any address",
    )


def test_what_there_is_is_told_in_words_to_a_doctor() -> None:
    assert in_words(PATH) == ("command agents run under bubblewrap", None)


# --- what it is handed -----------------------------------------------------------------------------------------------


def test_what_it_makes_changes_and_deletes_in_its_checkout_is_told(name: str) -> None:
    script = (
        "cat $HANDED/prompt.md ../workspace/memory/style.md; echo more >>kept.md; rm gone.md; mkdir -p a/b;"
        " echo n >a/b/n; echo w >../workspace/memory/w; echo home >~/h; echo tmp >$TMPDIR/t;"
        " echo '{\"path\": \"'$PWD/kept.md'\"}'"
    )
    call = ScratchCall(
        ("sh", "-c", script),
        {"kept.md": b"kept\n", "gone.md": b"", "/memory/style.md": b"short\n"},
        handed={"prompt.md": b"Write.\n"},
    )
    end = ran(name, call)
    assert (end.status, end.stderr, end.sandbox) == (0, b"", name)
    assert end.stdout == b'Write.\nshort\n{"path": "kept.md"}\n'
    assert end.written is not None
    assert end.written.startswith(b'Write.\nshort\n{"path": "/')
    assert end.files == {
        "kept.md": b"kept\nmore\n",
        "a/b/n": b"n\n",
        "/memory/style.md": b"short\n",
        "/memory/w": b"w\n",
    }
    assert end.odd == {}


def test_its_environment_is_what_it_was_given_and_four_variables(name: str) -> None:
    script = (
        "import os; print(sorted(os.environ.keys() - {'LC_CTYPE', 'PWD'}), os.environ['KEY'], os.environ['HOME'][-5:])"
    )
    end = python(name, script, ScratchCall((), {}, environ={"KEY": "v", "HOME": "/root"}))
    assert end.stdout == b"['HOME', 'KEY', 'LANG', 'PATH', 'TMPDIR'] v /home\n"


def test_a_prompt_of_two_megabytes_is_read_to_its_end(name: str) -> None:
    prompt = b"word \xff" * 400_000
    end = ran(name, ScratchCall(("sh", "-c", "cat >a; wc -c </dev/stdin; cat /dev/null"), {}, stdin=prompt))
    assert (end.status, end.stderr, end.files) == (0, b"", {"a": prompt})


def test_a_prompt_of_two_megabytes_that_is_never_read_holds_nobody_up(name: str) -> None:
    end = ran(name, ScratchCall(("sh", "-c", "exec 0<&-; echo done"), {}, stdin=b"x" * 2_000_000))
    assert (end.status, end.stdout, end.files) == (0, b"done\n", {})


def test_its_output_is_heard_as_it_comes(name: str) -> None:
    heard: list[bytes] = []
    end = ran(name, ScratchCall(("sh", "-c", "echo one; echo no >&2; echo two"), {}, hear=heard.append))
    assert (b"".join(heard), end.stdout, end.stderr) == (b"one\ntwo\n", b"one\ntwo\n", b"no\n")


# --- how it ends -----------------------------------------------------------------------------------------------------


def test_one_that_says_done_and_writes_nothing_changed_nothing(name: str) -> None:
    end = shell(name, "echo All done.", {"listing.md": b"old"})
    assert (end.status, end.stdout, end.files, end.odd) == (0, b"All done.\n", {"listing.md": b"old"}, {})


def test_one_that_never_returns_is_asked_to_end_and_may_say_its_last(name: str) -> None:
    call = ScratchCall(("sh", "-c", "trap 'echo bye; exit 0' TERM; sleep 100 & wait"), {}, timeout=1)
    end = ran(name, call, replace(QUICK, grace=20))
    assert (end.status, end.stdout, end.why) == (None, b"bye\n", "took more than 1 s")


def test_one_that_does_not_hear_is_killed(name: str) -> None:
    end = ran(name, ScratchCall(("sh", "-c", "trap '' TERM; while :; do sleep 1; done"), {}, timeout=0.4))
    assert (end.status, end.why) == (None, "took more than 0.4 s")


def test_one_that_falls_silent_is_ended(name: str) -> None:
    end = ran(name, ScratchCall(("sh", "-c", "echo 1; sleep 100"), {}, timeout=60, idle=0.6))
    assert (end.status, end.stdout, end.why) == (None, b"1\n", "wrote nothing for 0.6 s")


def test_output_without_end_is_cut_and_its_writer_killed(name: str) -> None:
    end = shell(name, "yes", limits=replace(QUICK, output=300_000))
    assert (end.status, end.stdout, end.why) == (None, b"y\n" * 150_000, "wrote more than 0.3 MB")


def test_children_that_hold_its_output_are_gone_with_it(name: str) -> None:
    script = "setsid sleep 1000 & (setsid sh -c 'setsid sleep 1000' &); echo on"
    end = shell(name, script)
    assert (end.status, end.stdout, end.why) == (0, b"on\n", None)


@pytest.mark.parametrize(("script", "status"), [("kill -KILL $$", 137), ("sh -c 'exit 143'", 143)])
def test_exit_137_and_143_are_told_as_they_are_whoever_killed(script: str, status: int, name: str) -> None:
    end = shell(name, f"echo x >part; {script}")
    assert (end.status, end.why, end.files) == (status, None, {"part": b"x\n"})


def test_a_limits_signal_is_named(name: str) -> None:
    script = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\nopen('big', 'wb').write(b'x' * 2_000_000)"
    end = python(name, script, limits=replace(QUICK, file=1_000_000))
    assert (end.status, end.why) == (None, "wrote a file of more than 1 MB")


def test_folders_that_nobody_may_enter_are_read_and_removed(name: str) -> None:
    end = shell(name, "mkdir a; echo x >a/b; chmod 0 a/b a; echo $TMPDIR; chmod 0 . $TMPDIR")
    assert (end.files, end.odd) == ({"a/b": b"x\n"}, {})
    assert not Path(os.fsdecode(end.stdout).strip()).parent.exists()


# --- what cannot be started ------------------------------------------------------------------------------------------


def test_a_program_that_is_not_there_cannot_run() -> None:
    with pytest.raises(CannotRun, match="'no-such-program' is not there, or is no program"):
        ran(NONE, ScratchCall(("no-such-program",), {}))


def test_one_whose_interpreter_is_missing_cannot_run(name: str, tmp_path: Path) -> None:
    program = tmp_path / "text"
    program.write_text("#!/no/such/interpreter\n")
    program.chmod(0o755)
    with pytest.raises(CannotRun, match=f"{program} cannot be started.*No such file or directory"):
        ran(name, ScratchCall((str(program),), {}))


@pytest.mark.parametrize("folder", ["relative", "/", "//"])
def test_what_it_sees_is_named_by_absolute_folders(folder: str) -> None:
    with pytest.raises(CannotRun, match="cannot be seen: sees of a command takes absolute folders other than /"):
        ran("bubblewrap", ScratchCall(("true",), {}, sees=(folder,)))


def test_what_it_is_to_see_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="cannot be seen: it is not there"):
        ran("bubblewrap", ScratchCall(("true",), {}, sees=(str(tmp_path / "none"),)))


@pytest.mark.parametrize("name_of_file", ["../x", "/x", "a\0b"])
def test_a_file_beside_it_has_a_plain_name(name_of_file: str) -> None:
    with pytest.raises(CannotRun, match="cannot be handed to a program"):
        ran(NONE, ScratchCall(("true",), {}, handed={name_of_file: b""}))


def test_python_itself_runs_in_each(name: str) -> None:
    end = ran(name, ScratchCall((*PYTHON, "import json, ssl, sys; print(sys.version_info[0])"), {}))
    assert (end.status, end.stdout) == (0, b"3\n")
