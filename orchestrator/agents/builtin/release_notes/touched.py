"""What the files of a commit say of it: for whom it is, by their paths alone. It reads no message and no content."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_DOC_FILE = re.compile(
    r"(?i)(?!(?:.*/)?(?:src|lib)/)(?:.*/)?(?:docs?|documentation|website|man|examples?)/.*|.*\.(?:md|rst|adoc)"
    r"|(?:changelog|changes|news|authors|license|readme)(?:[._-][^/]*)?(?<!\.py|\.js|\.ts|\.rb|\.go|\.rs)"
)
_TEST_FILE = re.compile(
    r"(?i)(?:.*/)?(?:tests?|testing|spec|__tests__|fixtures)/.*"
    r"|(?:.*/)?(?:test_[^/]+|[^/]+[._-](?:test|spec)\.[^/]+|conftest\.py)"
)
_TOLD_FILE = re.compile(
    r"(?i)(?:.*/)?(?:changelog|changes|history|news|release[-_]?notes|whats[-_]?new)(?:\.(?:md|rst|txt|adoc))?"
    r"|(?:.*/)?(?:changelog\.d|changelogs?|newsfragments|news|\.changeset|\.changes)/[^/]+(?<!\.py|\.js|\.ts|\.rb|\.go|\.rs)"
)
"""Where a project tells its users what changed."""
_BUILD_FILE = re.compile(
    r"(?i)\.(?:github|circleci|azure-pipelines|gitlab|husky|vscode|devcontainer)/.*|(?:.*/)?(?:\.[^/]+|tox\.ini|"
    r"setup\.cfg|Makefile|noxfile\.py|azure-pipelines\.yml|appveyor\.yml|codecov\.yml|eslint\.config\.\w+|"
    r"tsconfig[^/]*\.json|renovate\.json)"
)
_LOCK_FILE = re.compile(
    r"(?i)(?:.*/)?(?:requirements?/.*|requirements[^/]*\.(?:txt|in|pip)|[^/]*\.lock|package-lock\.json|pnpm-lock\.yaml|"
    r"\.pre-commit-config\.yaml|go\.(?:mod|sum))"
)
_MANIFEST = re.compile(
    r"(?i)(?:.*/)?(?:pyproject\.toml|setup\.py|package\.json|cargo\.toml|gemfile|composer\.json|pom\.xml|"
    r"[^/]*\.gradle)|(?!action\.)[^/]+\.(?:ya?ml|toml|ini|cfg|json|in|txt)"
)
_NOT_SHIPPED = (_DOC_FILE, _TOLD_FILE, _TEST_FILE, _BUILD_FILE, _LOCK_FILE, _MANIFEST)
"""What users do not run."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What some files say; where they are not known, nothing.

    `is_prose`: all are documentation; `is_work`: all are tests and the build; `is_locked`: all pin dependencies.
    `ships`: some are what users run; `is_told`: and the project told its users of it, in its own list of changes.
    """

    is_prose: bool
    is_work: bool
    is_locked: bool
    ships: bool
    is_told: bool


def touched(files: Iterable[str]) -> Touched:
    """Return what the paths say."""
    paths = [path[:500] for path in files]
    ships = any(not any(each.fullmatch(path) for each in _NOT_SHIPPED) for path in paths)
    return Touched(
        is_prose=_all(paths, _DOC_FILE),
        is_work=_all(paths, _TEST_FILE, _BUILD_FILE),
        is_locked=_all(paths, _LOCK_FILE),
        ships=ships,
        is_told=ships and any(_TOLD_FILE.fullmatch(path) for path in paths),
    )


def _all(paths: Sequence[str], *kinds: re.Pattern[str]) -> bool:
    return bool(paths) and all(any(kind.fullmatch(path) for kind in kinds) for path in paths)
