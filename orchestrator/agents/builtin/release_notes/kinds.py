"""What kind of change a commit is: by its conventional type, else by what it touches, else by its first words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.agents.builtin.release_notes.messages import Message


class Kind(StrEnum):
    """The kinds of changes, in the order in which notes tell them."""

    FEATURE = "feature"
    CHANGE = "change"
    PERFORMANCE = "performance"
    FIX = "fix"
    SECURITY = "security"
    DEPRECATION = "deprecation"
    REMOVAL = "removal"
    REVERT = "revert"
    DOCUMENTATION = "documentation"
    DEPENDENCIES = "dependencies"
    MAINTENANCE = "maintenance"
    RELEASE = "release"
    MERGE = "merge"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Group:
    """How a kind is told: its heading in the notes, one of it and several, how many lines at most, its CHANGELOG."""

    title: str
    one: str
    many: str
    most: int
    changelog: str | None


GROUPS = {
    Kind.FEATURE: Group("Features", "feature", "features", 40, "Added"),
    Kind.CHANGE: Group("Improvements", "improvement", "improvements", 40, "Changed"),
    Kind.PERFORMANCE: Group("Performance", "speed-up", "speed-ups", 25, "Changed"),
    Kind.FIX: Group("Fixes", "fix", "fixes", 40, "Fixed"),
    Kind.SECURITY: Group("Security", "security fix", "security fixes", 40, "Security"),
    Kind.DEPRECATION: Group("Deprecations", "deprecation", "deprecations", 40, "Deprecated"),
    Kind.REMOVAL: Group("Removals", "removal", "removals", 30, "Removed"),
    Kind.REVERT: Group("Taken back", "change taken back", "changes taken back", 20, "Changed"),
    Kind.DOCUMENTATION: Group("Documentation", "change to the docs", "changes to the docs", 15, None),
    Kind.DEPENDENCIES: Group("Dependencies", "update of a dependency", "updates of dependencies", 6, None),
    Kind.MAINTENANCE: Group("Maintenance", "piece of maintenance", "pieces of maintenance", 10, None),
    Kind.OTHER: Group("Other changes", "other change", "other changes", 20, "Changed"),
}
"""The kinds that notes tell; releases and merges are not told."""

_TYPES = {
    Kind.FEATURE: "feat feature features new add added",
    Kind.CHANGE: "improve improvement improvements enhancement enhance enh change changed ui ux i18n l10n a11y",
    Kind.PERFORMANCE: "perf performance",
    Kind.FIX: "fix fixes fixed bugfix bug hotfix revert-fix",
    Kind.SECURITY: "security sec",
    Kind.DEPRECATION: "deprecate deprecated deprecation",
    Kind.REMOVAL: "remove removed removal",
    Kind.REVERT: "revert reverts",
    Kind.DOCUMENTATION: "docs doc documentation readme",
    Kind.DEPENDENCIES: "deps dep dependencies",
    Kind.MAINTENANCE: "chore ci build test tests testing refactor refactoring ref style lint types typing internal "
    "infra maint cleanup wip tooling bench examples",
    Kind.RELEASE: "release",
}
_BY_TYPE = {word: kind for kind, words in _TYPES.items() for word in words.split()}
CONVENTIONAL_TYPES = frozenset({*_BY_TYPE, "breaking"})

_VERBS = {
    Kind.FEATURE: "add adds added adding implement implements implemented introduce introduces support supports "
    "allow allows allowed enable enables provide provides create creates expose exposes new feature",
    Kind.CHANGE: "change changes changed update updates updated improve improves improved make makes use uses used "
    "rename renames move moves moved replace replaces switch switches convert extend extends expand rework reworks "
    "rewrite rewrites enhance increase reduce adjust let prefer show raise return restore set require reconcile unify "
    "disable disallow normalize normalise expose reuse deduplicate rearrange relax tweak specialize align "
    "simplify harden generate include apply default print accept split treat keep limit report store",
    Kind.PERFORMANCE: "optimize optimise optimizes optimises speed accelerate",
    Kind.FIX: "fix fixes fixed fixing correct corrects corrected handle handles handled prevent prevents avoid avoids "
    "resolve resolves repair ensure ensures catch catches stop stops patch guard bugfix hotfix don't do work "
    "close quote flush skip workaround properly respect hotfixes bug crash ignore",
    Kind.DEPRECATION: "deprecate deprecates deprecated deprecating deprecation",
    Kind.REMOVAL: "remove removes removed removing drop drops dropped delete deletes deleted rm kill",
    Kind.DOCUMENTATION: "document documents documented docs doc clarify clarifies readme typo typos docstring spelling",
    Kind.DEPENDENCIES: "bump bumps upgrade upgrades pin unpin autoupdate",
    Kind.MAINTENANCE: "test tests testing refactor refactors refactored refactoring cleanup clean lint format reformat "
    "tidy ci workflow reorganize reorganise modernize annotate silence run mypy ruff black flake8 isort pyupgrade "
    "tox travis wip py310+ py39+ appease",
    Kind.RELEASE: "release releasing v",
}
_BY_VERB = {word: kind for kind, words in _VERBS.items() for word in words.split()}
_RELEASE = re.compile(
    r"(?i)(?:chore\(release\)|release(?:d|s)?(?: version)?|bump version|version bump|prepare (?:for )?(?:release|v?\d)|"
    r"(?:start|back to|begin) .{0,30}(?:dev|development|version)|update version|set version|cut release|version)\b"
    r".{0,60}"
    r"|v?\d{1,6}(?:\.\w{1,12}){1,4}"
)
_DEPENDENCY = re.compile(
    r"(?i)(?:bump|upgrade|update|pin|lock)s?\b.{0,60}\b(?:from \S{1,40} to \S{1,40}|dependenc(?:y|ies)|deps|"
    r"requirements|lock ?files?|pre-commit|hooks?|action(?:s|s?/\S+)?)\b|.{0,30}\bautoupdate\b|update .{1,60} action\b"
)
_PROSE = re.compile(
    r"(?i)\b(?:typos?|docs?|documentation|docstrings?|readme|changelog|changes\.(?:rst|md)|spelling|comments?)\b"
)
_CHORE = re.compile(
    r"(?i)\b(?:tests?|test suite|ci|workflows?|github actions?|travis|tox|mypy|typing|type hints?|type annotations?|"
    r"lint(?:ing|er)?|coverage|code style|formatting|refactor(?:ing|ed)?|fix build|rtd|read the docs|merge conflicts?|"
    r"bad merge|automatic fixes)\b"
)
_ADDS_A_TEST = re.compile(
    r"(?i)(?:fixup|squash)!|adds?(?:ed)? (?:[\w-]{1,30} ){0,3}"
    r"(?:tests?|test cases?|workflows?|type (?:hints|annotations)|typing)\b"
)
_FASTER = re.compile(r"(?i)\b(?:faster|performance|speed(?:s|ed)? up|speedup|perf)\b")
_SECURITY = re.compile(r"\bCVE-\d{4}-\d{4,9}\b|(?i:\b(?:vulnerabilit(?:y|ies)|security (?:fix|issue|hole))\b)")
_DROPS = re.compile(
    r"(?i)\b(?:drop|remove|end|discontinue)\w{0,3}\b.{0,60}\b(?:support|python|node|deprecated|end of life|py\d)"
)

_DOC_FILE = re.compile(
    r"(?i)(?:.*/)?(?:docs?|documentation|website|man|examples?)/.*|.*\.(?:md|rst|adoc)"
    r"|(?:changelog|changes|news|authors|license|readme)[^/]*"
)
_TEST_FILE = re.compile(
    r"(?i)(?:.*/)?(?:tests?|testing|spec|__tests__|fixtures)/.*"
    r"|(?:.*/)?(?:test_[^/]+|[^/]+[._-](?:test|spec)\.[^/]+|conftest\.py)"
)
_BUILD_FILE = re.compile(
    r"(?i)\.(?:github|circleci|azure-pipelines|gitlab|husky|vscode|devcontainer)/.*|(?:.*/)?(?:\.[^/]+|tox\.ini|"
    r"setup\.cfg|Makefile|noxfile\.py|azure-pipelines\.yml|appveyor\.yml|codecov\.yml|eslint\.config\.\w+|"
    r"tsconfig[^/]*\.json|renovate\.json)"
)
_LOCK_FILE = re.compile(
    r"(?i)(?:.*/)?(?:requirements?/.*|requirements[^/]*\.(?:txt|in|pip)|[^/]*\.lock|package-lock\.json|pnpm-lock\.yaml|"
    r"\.pre-commit-config\.yaml|go\.(?:mod|sum))"
)
_BOTS = re.compile(
    r"(?i).*\[bot\]|(?:dependabot|renovate|pre-commit-ci|github-actions|greenkeeper|pyup|snyk|codecov|semantic-release|"
    r"allcontributors|imgbot|mergify|weblate|transifex|web-flow)\b.*|.*[-_ ](?:bot|robot)|.*-ci"
)


def is_bot(name: str, email: str) -> bool:
    """Say whether a program made the commit, by the name that it has."""
    return bool(_BOTS.fullmatch(name[:100]) or "[bot]@" in email or email.startswith("bot@"))


def kind_of(message: Message, files: Iterable[str], *, by_bot: bool) -> Kind:
    """Return the kind of a change that is no merge."""
    if message.type == "revert":
        return Kind.REVERT
    if _RELEASE.fullmatch(message.title) or message.type == "release" or message.scope == "release":
        return Kind.RELEASE
    if _is_of_dependencies(message, files, by_bot=by_bot):
        return Kind.DEPENDENCIES
    if message.type == "breaking":
        return Kind.CHANGE
    if message.type:
        return _BY_TYPE[message.type]
    if _SECURITY.search(message.title):
        return Kind.SECURITY
    return _by_files(tuple(files)) or _by_words(message.title)


def kind_named(name: str) -> Kind | None:
    """Return the kind that a person calls so: by its own name, its heading, or a conventional type."""
    headings = {group.title.casefold(): kind for kind, group in GROUPS.items()}
    return headings.get(name) or _BY_TYPE.get(name) or next((kind for kind in Kind if kind == name), None)


def may_break(message: Message) -> bool:
    """Say whether a title sounds like a break that nobody called one. A hint for people, and no more."""
    return bool(_DROPS.search(message.title))


def _is_of_dependencies(message: Message, files: Iterable[str], *, by_bot: bool) -> bool:
    if message.scope in ("deps", "deps-dev", "dev-deps", "dependencies"):
        return True
    if message.type not in (None, "chore", "build", "ci"):
        return False
    first = message.title.split(" ", 1)[0].casefold()
    if _DEPENDENCY.match(message.title) or (first in ("bump", "upgrade") and message.type):
        return True
    return by_bot or (message.type is None and _all(files, _LOCK_FILE.fullmatch))


def _by_files(files: tuple[str, ...]) -> Kind | None:
    """What touches nothing but documentation, or nothing but tests and the build, is that, whatever it is called."""
    if _all(files, _DOC_FILE.fullmatch):
        return Kind.DOCUMENTATION
    if _all(files, lambda path: _TEST_FILE.fullmatch(path) or _BUILD_FILE.fullmatch(path)):
        return Kind.MAINTENANCE
    return None


def _all(files: Iterable[str], fits: Callable[[str], object]) -> bool:
    named = [path[:500] for path in files]
    return bool(named) and all(fits(path) for path in named)


def _by_words(title: str) -> Kind:
    words = [word.strip("`'\",.:;!()[]").casefold() for word in title.split()[:3]]
    first = _BY_VERB.get(words[0]) if words else None
    if first is not Kind.DEPRECATION and _PROSE.search(title) and not _CHORE.search(title):
        return Kind.DOCUMENTATION
    if _ADDS_A_TEST.match(title) or (first not in (Kind.FEATURE, Kind.DEPRECATION) and _CHORE.search(title)):
        return Kind.MAINTENANCE
    if _FASTER.search(title):
        return Kind.PERFORMANCE
    return first or next((kind for word in words[1:2] if (kind := _BY_VERB.get(word))), Kind.OTHER)
