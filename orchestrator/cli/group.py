"""Click's group and command in our form: commands are loaded when they are called, and help begins with examples."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from orchestrator.cli.sections import COMMANDS, SECTIONS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

WIDTH = 80

Examples = Sequence[tuple[str, str]]
"""What to type, and what it does."""


class Command(click.Command):
    """A command whose help begins with examples."""

    def __init__(self, *args: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what click writes."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)


class LazyGroup(click.Group):
    """The commands of `sections`, none of them imported before it is called."""

    def __init__(self, *args: Any, examples: Examples = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the names, section by section."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command, None where there is no such one."""
        listed = COMMANDS.get(cmd_name)
        if listed is None:
            return None
        found = getattr(import_module(f"orchestrator.cli.{listed.module}"), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command and its arguments. Raises click's UsageError where there is none, with the nearest."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from orchestrator.model.nearness import did_you_mean

            near = did_you_mean(name, COMMANDS, "commands")
            raise click.UsageError(f"there is no command {name!r}; {near}", ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what click writes."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the commands in their sections, from the table alone."""
        for section, commands in SECTIONS.items():
            with formatter.section(section.capitalize()):
                formatter.write_dl([(name.ljust(9), listed.line) for name, listed in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":  # noqa: ARG002
        """Complete a command's name from the table alone."""
        from click.shell_completion import CompletionItem

        return [
            CompletionItem(name, help=listed.line) for name, listed in COMMANDS.items() if name.startswith(incomplete)
        ]


def command(name: str, examples: Examples, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return a decorator that makes a command; its docstring says in a few sentences what it does."""
    return click.command(name, cls=Command, examples=examples, **settings)


def write_examples(formatter: click.HelpFormatter, examples: Examples) -> None:
    """Write the examples, what each does beside or, where it is long, above it."""
    if not examples:
        return
    widest = max((len(line) for line, what in examples if what), default=0)
    with formatter.section("Examples"):
        for line, what in examples:
            formatter.write(f"{'':{formatter.current_indent}}{_example(line, what, widest)}\n")
    formatter.write_paragraph()


def _example(line: str, what: str, widest: int) -> str:
    return f"{line:{widest}}  # {what}" if what else line
