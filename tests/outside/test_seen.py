"""What a sandboxed program sees of the machine: where it lives, and never a home or a repository."""

from pathlib import Path

import pytest

from orchestrator.outside.seen import asked, seen_by


def program(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_program_of_the_system_needs_nothing_more() -> None:
    assert seen_by("/usr/bin/env", "/usr/bin") == ()


def test_a_programs_folder_and_that_of_what_it_links_to_are_seen(tmp_path: Path) -> None:
    real = program(tmp_path / "share" / "claude" / "1.2" / "claude")
    between = tmp_path / "current" / "claude"
    between.parent.mkdir()
    between.symlink_to("../share/claude/1.2/claude")
    link = tmp_path / "bin" / "claude"
    link.parent.mkdir()
    link.symlink_to(between)
    assert seen_by(str(link), "") == (str(link.parent), str(between.parent), str(real.parent))


@pytest.mark.parametrize("mark", [".git", ".ssh", "workspace/.git"])
def test_in_or_beside_a_repository_or_a_home_the_file_alone_is_seen(mark: str, tmp_path: Path) -> None:
    (tmp_path / mark).mkdir(parents=True)
    tool = program(tmp_path / "tool")
    assert seen_by(str(tool), "") == (str(tool),)


def test_a_script_of_a_virtual_environment_sees_it_and_the_python_it_was_made_with(tmp_path: Path) -> None:
    base = program(tmp_path / "base" / "bin" / "python3", "")
    made = tmp_path / "venv"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "python").symlink_to(base)
    (made / "pyvenv.cfg").write_text(f"home = {base.parent}\nversion = 3.11.7\n")
    tool = program(made / "bin" / "llm", f"#!{made}/bin/python\n")
    assert seen_by(str(tool), "") == (str(made / "bin"), str(made), str(tmp_path / "base"), str(base.parent))


def test_a_program_of_npm_sees_its_package_and_its_node(tmp_path: Path) -> None:
    package = tmp_path / "node" / "lib" / "node_modules" / "@acme" / "tool"
    real = program(package / "dist" / "cli.js", "#!/usr/bin/env -S node --no-warnings\n")
    link = tmp_path / "bin" / "tool"
    link.parent.mkdir()
    link.symlink_to(real)
    node = program(tmp_path / "node" / "bin" / "node", "")
    seen = seen_by(str(link), str(node.parent))
    assert seen == (str(link.parent), str(real.parent), str(package), str(node.parent))


def test_a_script_that_calls_itself_ends(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    assert seen_by(str(program(tool, f"#!{tool}\n")), "") == (str(tmp_path),)


def test_folders_that_are_asked_for_are_taken_as_they_are(tmp_path: Path) -> None:
    assert asked((f"{tmp_path}/", "/usr/share/dict/..")) == (str(tmp_path), "/usr/share")
