"""The profiles as a table of Markdown, for docs/command-agents.md, so that the page cannot say anything else."""

from orchestrator.agents.command.profile import Profile
from orchestrator.agents.command.profiles import PROFILES

_HEAD = ("profile", "plays", "adds, unless your `argv` says it", "model", "role", "result", "figures")


def table() -> str:
    """Return the table, without a line's end after its last row."""
    rows = (_HEAD, ("---",) * len(_HEAD), *map(_row, PROFILES.values()))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(profile: Profile) -> tuple[str, ...]:
    model = f"`{profile.model[0]}`" if profile.model else "its own"
    role = f"`{profile.system[0]}`" if profile.system else "before the task"
    result = "stdout is the file" if profile.is_answer else "the files"
    return (f"`{profile.name}`", profile.plays, _added(profile), model, role, result, profile.figures)


def _added(profile: Profile) -> str:
    words = (*((profile.verb,) if profile.verb else ()), *map(str, profile.options))
    return " ".join(f"`{word}`" for word in words) or "nothing"
