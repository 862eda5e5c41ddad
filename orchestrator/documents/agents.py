"""Agent files: front matter and, under it, the role's system prompt. Files of other tools drop in unchanged.

Keys that hand out rights (hooks, permission modes) are left out and told of; keys that are not ours are kept. It judges
no agent by the settings.
"""

import re
from dataclasses import dataclass

from orchestrator.documents.emit import quoted
from orchestrator.documents.models import Read, read_node
from orchestrator.documents.text import decode, refuse_conflict_markers
from orchestrator.documents.yaml import ListNode, MapNode, Node, ScalarNode, Span, compose, plain, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.agent import Agent
from orchestrator.model.nearness import nearest

_OURS = ("name", "description", "model", "tools", "x-orchestrator")
_MAY_BE_EMPTY = frozenset(_OURS)
_OTHERS = frozenset(["mode", "models", "tool", "names"])
_GRANTS = re.compile(
    r"hooks|permissions?([-_]?modes?)?|.*dangerous.*|.*bypass.*|skip[-_]?permissions|auto[-_]?approve|yolo", re.I
)
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_OPEN_TEXT = re.compile(r"""^([A-Za-z][\w-]*):[ \t]+([^\s"'\[{|>&*!#].*?)[ \t]*(\r?)$""", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class AgentFile:
    """An agent file as read: the agent, None where it is wrong beyond use; mistakes; warnings; where its keys stand."""

    path: str
    agent: Agent | None
    faults: tuple[DocumentError, ...] = ()
    warnings: tuple[DocumentError, ...] = ()
    read: Read[Agent] | None = None


def parse_agent(text: str | bytes, path: str) -> Agent:
    """Return the agent. Raises DocumentError for its first mistake, which carries the others."""
    found = read_agent(text, path)
    if found.faults or found.agent is None:
        raise together(found.faults)
    return found.agent


def read_agent(text: str | bytes, path: str) -> AgentFile:
    """Return the agent as far as it can be read, its mistakes and warnings. Raises nothing."""
    try:
        return _read(text, path)
    except DocumentError as exc:
        return AgentFile(path, None, (exc,))


def role_of(path: str) -> str:
    """Return the role that a file in `agents/` is: its name without `.md` or `.agent.md`."""
    return path.rsplit("/", 1)[-1].removesuffix(".md").removesuffix(".agent")


def _read(text: str | bytes, path: str) -> AgentFile:
    decoded = decode(text, path)
    refuse_conflict_markers(decoded, path, in_prose=True)
    found = _FRONT_MATTER.match(decoded)
    if not found:
        hint = "begin the file with '---', 'name: …', 'description: …', '---'; the system prompt follows"
        raise DocumentError("an agent file begins with front matter", place=Place(path, 1, 1), hint=hint)
    root, told = _front_matter(found[1], path)
    kept, left_out = _without_grants(root, path)
    read = read_node(_filled(kept, path), path, Agent)
    agent = read.value.model_copy(update={"system": decoded[found.end() :].strip() + "\n"}) if read.value else None
    warnings = (*told, *left_out, *_near_misses(kept, path))
    return AgentFile(path, agent, read.faults, warnings, read)


def _front_matter(text: str, path: str) -> tuple[MapNode, tuple[DocumentError, ...]]:
    # The line of '---' counts too, so that places are those of the file.
    try:
        return _mapping("\n" + text, path), ()
    except DocumentError:
        quoted_text, lines = _with_quotes(text)
        if not lines:
            raise
    warnings = [
        DocumentError(
            "a text with ': ' in it stands without quotes; it was taken as it is",
            place=Place(path, line),
            hint="put it in quotes",
        )
        for line in lines
    ]
    return _mapping("\n" + quoted_text, path), tuple(warnings)


def _mapping(text: str, path: str) -> MapNode:
    tree = compose(text, path)
    if tree.faults:
        raise together(tree.faults)
    if not isinstance(tree.root, MapNode):
        raise DocumentError("the front matter must be a mapping of keys", place=Place(path, 2, 1), hint="name: …")
    return tree.root


def _with_quotes(text: str) -> tuple[str, list[int]]:
    """Claude Code takes `description: Use it when: …` as it stands; YAML does not."""
    lines: list[int] = []

    def mend(found: re.Match[str]) -> str:
        if ": " not in found[2] and not found[2].endswith(":"):
            return found[0]
        lines.append(text.count("\n", 0, found.start()) + 2)
        return f"{found[1]}: {quoted(found[2])}{found[3]}"

    return _OPEN_TEXT.sub(mend, text), lines


def _without_grants(root: MapNode, path: str) -> tuple[MapNode, list[DocumentError]]:
    warnings = []
    kept = {}
    for name, (key, value) in root.entries.items():
        if not _GRANTS.fullmatch(name):
            kept[name] = (key, value)
            continue
        place = Place(path, key.span.line, key.span.column)
        hint = "what an agent may do is said in orchestrator.yaml and pipeline.yaml"
        warnings.append(DocumentError(f"{name} grants rights, and is ignored", place=place, hint=hint))
    return root._replace(entries=kept), warnings


def _filled(root: MapNode, path: str) -> MapNode:
    """The front matter in our form: an empty key is a key left out, the first of several models counts."""
    start = Span(root.span.start, root.span.start, root.span.line, root.span.column)
    entries: dict[str, tuple[ScalarNode, Node]] = {
        name: (key, _first(value) if name == "model" else value)
        for name, (key, value) in root.entries.items()
        if name not in ("system", "extras") and not (name in _MAY_BE_EMPTY and plain(value) is None)
    }
    if "name" not in entries:
        name, role = (ScalarNode(text, is_plain=False, span=start) for text in ("name", role_of(path)))
        entries["name"] = (name, role)
    return root._replace(entries=entries)


def _first(node: Node) -> Node:
    return node.items[0] if isinstance(node, ListNode) and node.items else node


def _near_misses(root: MapNode, path: str) -> list[DocumentError]:
    return [
        DocumentError(
            f"{name}: not a key that means anything here",
            place=Place(path, key.span.line, key.span.column),
            hint=f'did you mean "{near}"?',
        )
        for name, (key, _) in root.entries.items()
        if name not in _OURS and name not in _OTHERS and (near := nearest(name, _OURS, cutoff=0.8))
    ]
