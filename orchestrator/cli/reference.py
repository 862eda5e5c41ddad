"""docs/commands.md, made from the commands themselves, so that it cannot say anything else than their help."""

from collections.abc import Iterator

import click

from orchestrator.cli.group import Command, LazyGroup
from orchestrator.cli.root import root
from orchestrator.cli.sections import SECTIONS

_HEAD = """\
# The commands

Made from `orchestrator --help` and the help of each command by `python -m orchestrator.cli.reference`; a test keeps it
so. Data goes to stdout, everything else to stderr; `--json` gives one document. `git orchestrator` is the same program.

Without a JOB, where it makes sense, a command means the job of the branch or folder that one stands in.

Completion in bash: `eval "$(_ORCHESTRATOR_COMPLETE=bash_source orchestrator)"`; in zsh `zsh_source`; in fish
`_ORCHESTRATOR_COMPLETE=fish_source orchestrator | source`.

| exit code | meaning |
|---|---|
| 0 | moved or done |
| 1 | failed, with an error a person can act on |
| 2 | usage |
| 3 | waiting for a person |
| 4 | the job halted |
| 5 | busy or lost a race, try again |
| 6 | over budget |
| 7 | an effect is unknown |
| 70 | a bug |
| 130 | interrupted |
"""


def reference() -> str:
    """Return the whole page."""
    assert isinstance(root, LazyGroup)
    names = root.context_settings["help_option_names"]
    top = click.Context(
        root, info_name="orchestrator", terminal_width=80, max_content_width=80, help_option_names=names
    )
    parts = [_HEAD, _block(root.get_help(top))]
    for section, commands in SECTIONS.items():
        parts.append(f"## {section.capitalize()}\n")
        parts += [_command(top, name) for name in commands]
    return "\n".join(parts)


def _command(top: click.Context, name: str) -> str:
    found = root.get_command(top, name)
    assert isinstance(found, Command)
    ctx = click.Context(found, info_name=name, parent=top, terminal_width=80, max_content_width=80)
    return f"### `{name}`\n\n{_block(found.get_help(ctx))}"


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


def commands() -> Iterator[tuple[str, Command]]:
    """Yield every command, loaded."""
    top = click.Context(root, info_name="orchestrator")
    for section in SECTIONS.values():
        for name in section:
            found = root.get_command(top, name)
            assert isinstance(found, Command)
            yield name, found


if __name__ == "__main__":
    click.echo(reference(), nl=False)
