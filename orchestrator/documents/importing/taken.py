"""What an import comes to: the files that it would lay down, and a remark for each thing that is not carried over."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orchestrator.documents.problems import Problem, Severity
from orchestrator.documents.yaml import shown_key
from orchestrator.errors import Place
from orchestrator.model.names import path_fault
from orchestrator.model.settings import Settings

BUILTIN = "builtin"
_ROLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_MOST_NAMED = 10


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Files of the workspace by path, where each came from, and what is to be said."""

    files: Mapping[str, bytes]
    notes: tuple[Problem, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """Path in the workspace → path of the file that it was, where one file became one."""


def note(place: Place, message: str, hint: str | None = None) -> Problem:
    """Return a remark: it runs without, and perhaps not as it did."""
    return Problem(place.path, place.line, place.column, Severity.WARNING, message, hint)


def role_name(name: str) -> str | None:
    """Return a name as a role's, so that it can be a file's: as it is where it is plain, None where nothing is left."""
    if is_fit(name):
        return name
    slug = slug_of(name)[:63].strip("-")
    return slug if slug and is_fit(slug) else None


def is_fit(name: str) -> bool:
    """Say whether a name may be the name of an agent's file, without its ending, as it stands."""
    return _ROLE.fullmatch(name) is not None and path_fault(f"{name}.md") is None and not name.endswith(".")


def slug_of(name: str) -> str:
    """Return the letters and digits of a name in lower case, all else as single '-'."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def listed(names: Iterable[str]) -> str:
    """Return names as a message lists them: the first ten, each harmless."""
    every = list(dict.fromkeys(names))
    more = [f"{len(every) - _MOST_NAMED} more"] if len(every) > _MOST_NAMED else []
    return ", ".join([*map(shown_key, every[:_MOST_NAMED]), *more])


def without_models(settings: Settings) -> tuple[Problem, ...]:
    """Return the remark that no model can play any of this, where the settings have none but `builtin`."""
    if any(model.name != BUILTIN for model in settings.models):
        return ()
    hint = "add one under models: - name: anthropic:claude-haiku-4-5; or let a program play them: backend: command"
    return (note(Place("orchestrator.yaml"), "there is no model yet that could play these agents", hint),)
