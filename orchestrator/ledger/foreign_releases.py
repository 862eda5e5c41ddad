"""A release of another repository: when it came out, and what the project calls itself there. Reads only.

Both are the word of strangers: what is no date and no name is passed over, and files that are too large to be a
manifest are not parsed.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable

from orchestrator.errors import LedgerError
from orchestrator.ledger.foreign_commit import Moment, moment_of, text_of
from orchestrator.ledger.foreign_ranges import LONGEST_NAME
from orchestrator.ledger.process import Git

_LARGEST_MANIFEST = 256 * 1024
"""Bytes; a hand-written one is a hundredth of it."""
_SAYS_NOTHING = frozenset(
    {"app", "checkout", "code", "git", "main", "monorepo", "project", "repo", "repository", "root", "source", "src"}
    | {"workspace"}
)
"""What folders and unpublished manifests are called everywhere."""
_CONFIGURED = re.compile(r"(?ms)^\[metadata\][ \t]*$(?:(?!^\[).)*?^name[ \t]*=[ \t]*(\S[^\n]{0,200}?)[ \t]*$")

Manifest = tuple[bytes, Callable[[str], object]]
"""A file at the top of a tree, and how the project's name is read from its text."""


def tagged(git: Git, tag: str) -> Moment | None:
    """Return when a tag was made; None for one that is no more than a name of its commit."""
    out = git.run("for-each-ref", "--format=%(taggerdate:raw)", f"refs/tags/{tag}")
    found = moment_of(text_of(out).strip())
    return found if found.date else None


def called(remote: str, manifests: Iterable[str], folder: str) -> str:
    """Return what a project is called: by its address, else by what it says of itself, else by its folder."""
    names = [name for name in (remote, *manifests, folder) if name]
    return next((name for name in names if name.casefold() not in _SAYS_NOTHING), names[0] if names else "repository")


def declared(read: Callable[[bytes], bytes | None]) -> Iterable[str]:
    """Yield the names that a project's manifests give it. `read` returns a file of the tree's top, None for none."""
    for path, name_in in _MANIFESTS:
        try:
            content = read(path)
            name = name_in(text_of(content)) if content and len(content) <= _LARGEST_MANIFEST else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, LedgerError):
            continue
        if isinstance(name, str) and (shown := "".join(filter(str.isprintable, name)).strip()[:LONGEST_NAME]):
            yield shown


def _python_project(text: str) -> object:
    said = tomllib.loads(text)
    return said["project"]["name"] if "project" in said else said["tool"]["poetry"]["name"]


def _configured(text: str) -> object:
    found = _CONFIGURED.search(text)
    return found[1] if found else None


_MANIFESTS: tuple[Manifest, ...] = (
    (b"pyproject.toml", _python_project),
    (b"setup.cfg", _configured),
    (b"package.json", lambda text: json.loads(text)["name"]),
    (b"Cargo.toml", lambda text: tomllib.loads(text)["package"]["name"]),
)
