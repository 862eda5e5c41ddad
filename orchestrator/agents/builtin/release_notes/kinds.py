"""What kind of change a commit is: by its conventional type, else by what it touches, else by its first words."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.agents.builtin.release_notes.messages import Message
from orchestrator.agents.builtin.release_notes.touched import Touched, touched


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
    "address addresses addressed resolve resolves repair ensure ensures catch catches stop stops patch guard bugfix "
    "hotfix don't do work close quote flush skip workaround properly respect hotfixes bug crash ignore",
    Kind.DEPRECATION: "deprecate deprecates deprecated deprecating deprecation",
    Kind.REMOVAL: "remove removes removed removing drop drops dropped delete deletes deleted rm kill",
    Kind.DOCUMENTATION: "document documents documented docs doc clarify clarifies readme typo typos docstring spelling",
    Kind.DEPENDENCIES: "bump bumps upgrade upgrades pin unpin autoupdate",
    Kind.MAINTENANCE: "test tests testing refactor refactors refactored refactoring cleanup clean lint format reformat "
    "tidy ci workflow reorganize reorganise modernize annotate silence run mypy ruff black flake8 isort pyupgrade "
    "tox travis wip py310+ py39+ appease",
}
_BY_VERB = {word: kind for kind, words in _VERBS.items() for word in words.split()}
_ASIDE = ("also", "now", "finally", "fully", "completely", "actually", "officially", "formally", "really", "just")
"""Words before a verb that leave it the title's own: in `3.13 removed x` somebody else removed it."""
_RELEASE = re.compile(
    r"(?i)(?:chore\(release\)|bump version|version bump|cut release)\b.{0,60}"
    r"|(?:releas(?:e|es|ed|ing)(?: version)?|update version|set version|version)(?: (?:"
    r"prep(?:aration)?|candidate|commit|numbers?|"
    r"(?:(?:a|the|new|next|final|latest) ){0,3}(?:version|release|beta|alpha|rc)"
    r"|(?:\S{1,60} ){0,3}(?:v?\d{1,6}(?:\.\w{1,12}){1,4}\b.{0,60}|v?\d{1,6})))?"
    r"|(?:prepare (?:for )?(?:release|v?\d)|(?:start|back to|begin) .{0,30}(?:dev|development|version))\b.{0,60}"
    r"|v?\d{1,6}(?:\.\w{1,12}){1,4}"
)
_DEPENDENCY = re.compile(
    r"(?i)(?:bump|upgrade|update|pin|lock)s?\b.{0,60}\b(?:from \S{1,40} to \S{1,40}|dependenc(?:y|ies)|deps|"
    r"requirements|lock ?files?)\b|(?:\[[\w.-]{1,40}\] )?(?:(?:run|perform) )?(?:pre-commit )?autoupdate(?: hooks)?$"
)
"""What says that dependencies are updated, whatever else is touched."""
_TOOLS = re.compile(r"(?i)(?:bump|upgrade|update|pin|lock)s?\b.{0,60}\b(?:pre-commit|hooks?|action(?:s|s?/\S+)?)\b")
"""The same of a project's own tools. Other projects ship such: where shipped files are touched, it says nothing."""
_QUOTED = re.compile(r"`[^`]{1,200}`|(?<![\w-])--?[A-Za-z][\w-]{0,40}")
"""Code and options, which name what a change is about: `--docs` is no documentation."""
_PROSE = re.compile(
    r"(?i)\b(?:typos?|docs?|documentation|docstrings?|readme|changelog|changes\.(?:rst|md)|spelling|comments?)\b"
)
_ENDS = (
    r"(?=$|[.,;:)]|\s(?:for|to|of|that|about|in|into|on|with|from|when|where|which|and|how|explaining|cases?|suite|"
    r"coverage)\b)"
)
"""The noun before it is what the verb acts on, and is not there to say what sort of thing another noun is."""
_ADDS_PROSE = re.compile(
    r"(?i)(?!.{0,80}\b(?:support|option|flag|command|parameter|argument|method|function|class)s?\b)"
    r"(?:.{1,80}\b(?:in|to|into|for|from) (?:.{1,40} )?|adds?(?:ed|ing)? (?:[\w-]{1,30} ){0,3})"
    r"(?:typos?|docs?|documentation|docstrings?|readme|changelog|comments?)"
    r"(?: (?:examples?|pages?|sections?|entry|entries|links?|notes?))?" + _ENDS
)
"""What a feature's verb does to documentation: `Add docs for x`, `Add a link to the docs`; not `Allow comments`."""
_CHORE = re.compile(
    r"(?i)\b(?:tests|test (?:suite|cases?)|ci|github actions?|travis|tox|mypy|ruff|flake8|pylint|eslint|typing|"
    r"type hints?|type annotations?|code style|code formatting|refactor(?:ing|ed)?|fix build|rtd|read the docs|"
    r"merge conflicts?|bad merge|automatic fixes)\b|(?:fix|apply|update) formatting$"
)
_OWN_CHORE = re.compile(r"(?i)\b(?:test|workflows?|lint(?:ing|er)?|coverage)\b")
"""Work on a project's own tools. What ships may be such a tool: where shipped files are touched, it says nothing."""
_ADDS_A_TEST = re.compile(
    r"(?i)(?:fixup|squash)!|adds?(?:ed|ing)? (?:[\w-]{1,30} ){0,3}"
    r"(?:tests?|test cases?|workflows?|type (?:hints|annotations)|typing)" + _ENDS
)
_FASTER = re.compile(r"(?i)\b(?:faster|performance|speed(?:s|ed)? up|speedup|perf)\b")
_SECURITY = re.compile(r"\bCVE-\d{4}-\d{4,9}\b|(?i:\b(?:vulnerabilit(?:y|ies)|security (?:fix|issue|hole))\b)")
_DROPS = re.compile(
    r"(?i)\b(?:drop|remove|end|discontinue)\w{0,3}\b.{0,60}\b(?:support|python|node|deprecated|end of life|py\d)"
)

_QUIET_TYPES = ("chore", "build", "ci")
_DEPENDENCY_SCOPES = ("deps", "deps-dev", "dev-deps", "dependencies")
_NOT_FOR_USERS = (Kind.DOCUMENTATION, Kind.MAINTENANCE)
_BOTS = re.compile(
    r"(?i).*\[bot\]|(?:dependabot|renovate|pre-commit-ci|github-actions|greenkeeper|pyup|snyk|codecov|semantic-release|"
    r"allcontributors|imgbot|mergify|weblate|transifex|web-flow)\b.*|.*[-_ ](?:bot|robot)|.*-ci"
)


def is_bot(name: str, email: str) -> bool:
    """Say whether a program made the commit, by the name that it has."""
    return bool(_BOTS.fullmatch(name[:100]) or "[bot]@" in email or email.startswith("bot@"))


def kind_of(message: Message, files: Iterable[str], *, by_bot: bool) -> Kind:
    """Return the kind of a change that is no merge."""
    seen = touched(files)
    if message.type == "revert":
        return Kind.REVERT
    if _RELEASE.fullmatch(message.title) or message.type == "release" or message.scope == "release":
        return Kind.RELEASE
    if _is_of_dependencies(message, seen, by_bot=by_bot):
        return Kind.DEPENDENCIES
    if message.type == "breaking":
        return Kind.CHANGE
    if message.type:
        return _BY_TYPE[message.type]
    if _SECURITY.search(message.title):
        return Kind.SECURITY
    if seen.is_prose or seen.is_work:
        return Kind.DOCUMENTATION if seen.is_prose else Kind.MAINTENANCE
    return _by_words(message.title, seen)


def kind_named(name: str) -> Kind | None:
    """Return the kind that a person calls so: by its own name, its heading, or a conventional type."""
    headings = {group.title.casefold(): kind for kind, group in GROUPS.items()}
    return headings.get(name) or _BY_TYPE.get(name) or next((kind for kind in Kind if kind == name), None)


def may_break(message: Message) -> bool:
    """Say whether a title sounds like a break that nobody called one. A hint for people, and no more."""
    return bool(_DROPS.search(message.title))


def _is_of_dependencies(message: Message, seen: Touched, *, by_bot: bool) -> bool:
    """Where a person chose a type that is for users, it decides, whatever the scope. Some bots add and fix things."""
    if message.type is not None and message.type not in _QUIET_TYPES:
        return message.scope in _DEPENDENCY_SCOPES and by_bot and _BY_TYPE.get(message.type) is not Kind.FEATURE
    first = message.title.split(" ", 1)[0].casefold()
    is_more = seen.ships and _BY_VERB.get(first) in (Kind.FEATURE, Kind.FIX)
    if message.scope in _DEPENDENCY_SCOPES or (by_bot and not is_more) or (message.type is None and seen.is_locked):
        return True
    if seen.is_told and message.type is None:
        return False
    is_said = _DEPENDENCY.match(message.title) or (not seen.ships and _TOOLS.match(message.title))
    return bool(is_said) or (first in ("bump", "upgrade") and message.type is not None)


def _by_words(title: str, seen: Touched) -> Kind:
    words = [word.strip("`'\",.:;!()[]").casefold() for word in title.split()[:3]]
    first = _BY_VERB.get(words[0]) if words else None
    if not seen.is_told and (kind := _not_for_users(title, first, seen)):
        return kind
    if _FASTER.search(title):
        return Kind.PERFORMANCE
    kind = first or _by_second(words)
    is_overruled = seen.ships if kind is Kind.DEPENDENCIES else seen.is_told and kind in _NOT_FOR_USERS
    return Kind.CHANGE if is_overruled else kind


def _not_for_users(title: str, first: Kind | None, seen: Touched) -> Kind | None:
    """Documentation, or work on the project itself; None where the words do not say so."""
    bare = _QUOTED.sub("…", title)
    is_new = first in (Kind.FEATURE, Kind.DEPRECATION)
    is_chore = _CHORE.search(bare) or (not seen.ships and _OWN_CHORE.search(bare))
    is_prose = _ADDS_PROSE.match(bare) if first is Kind.FEATURE else _PROSE.search(bare)
    if first is not Kind.DEPRECATION and is_prose and not is_chore:
        return Kind.DOCUMENTATION
    if _ADDS_A_TEST.match(bare) or (is_chore and not is_new):
        return Kind.MAINTENANCE
    return None


def _by_second(words: Sequence[str]) -> Kind:
    """By a verb in the second place, as in `Also remove x` and `x now prints y`."""
    kind = _BY_VERB.get(words[1], Kind.OTHER) if len(words) > 1 else Kind.OTHER
    return Kind.OTHER if kind in (Kind.REMOVAL, Kind.DEPRECATION) and words[0] not in _ASIDE else kind
