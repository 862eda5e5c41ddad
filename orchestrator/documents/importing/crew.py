"""A CrewAI crew as its `agents.yaml` and `tasks.yaml` say it, checked as far as they go by themselves.

Format: docs.crewai.com/en/concepts/agents and /tasks; the keys are those of AgentConfig and TaskConfig in
crewai/project/crew_base.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.documents.importing.elsewhere import OF_AGENTS, OF_TASKS
from orchestrator.documents.importing.taken import listed, note
from orchestrator.documents.problems import Problem
from orchestrator.documents.text import decode
from orchestrator.documents.yaml import ListNode, MapNode, Node, ScalarNode, compose, plain, shown_key, together
from orchestrator.errors import DocumentError, Place
from orchestrator.model.nearness import did_you_mean

MOST_AGENTS = 500
MOST_TASKS = 100
_TRUE = frozenset({"yes", "on", "true"})


@dataclass(frozen=True, slots=True)
class CrewAgent:
    """An agent of a crew. `llm`: its model, empty where it names none or none by name."""

    name: str
    place: Place
    role: str
    goal: str
    backstory: str
    llm: str
    llm_place: Place
    timeout: int | None
    """Seconds."""
    max_turns: int | None
    max_output_tokens: int | None


@dataclass(frozen=True, slots=True)
class CrewTask:
    """A task of a crew. `context`: the tasks whose outputs it is given, None for all before it."""

    name: str
    place: Place
    description: str
    expected_output: str
    agent: str
    context: tuple[str, ...] | None
    output_file: str
    output_place: Place
    is_json: bool
    is_markdown: bool
    asks_person: Place | None
    """Where it says that a person is to look at its answer."""
    retries: int | None


@dataclass(frozen=True, slots=True)
class Crew:
    """A crew as read, and what of it has no counterpart here."""

    agents: tuple[CrewAgent, ...]
    tasks: tuple[CrewTask, ...]
    notes: tuple[Problem, ...]


def read_crew(agents: bytes, agents_path: str, tasks: bytes, tasks_path: str) -> Crew:
    """Return the crew. Raises DocumentError, which carries the mistakes of both files."""
    said = _Said()
    members = tuple(_agent(part) for part in said.parts(agents, agents_path, "agent", MOST_AGENTS))
    # Where agents could not be read, nobody can say that a task names one that is not there.
    named = set() if said.faults else {member.name for member in members}
    work = tuple(_task(part, named) for part in said.parts(tasks, tasks_path, "task", MOST_TASKS))
    for each in work:
        said.refuse_later_context(each, [task.name for task in work])
    if said.faults:
        raise together(tuple(sorted(said.faults, key=_place)))
    return Crew(members, work, tuple(said.notes))


def _place(fault: DocumentError) -> tuple[str, int, int]:
    place = fault.place or Place("")
    return place.path, place.line or 0, place.column or 0


@dataclass(slots=True)
class _Said:
    """What is wrong, and what is to be said, of both files."""

    faults: list[DocumentError] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def parts(self, content: bytes, path: str, noun: str, most: int) -> list["_Part"]:
        """Return the agents or the tasks of a file, each under its name."""
        try:
            return self._parts(content, path, noun, most)
        except DocumentError as exc:
            self.faults.append(exc)
            return []

    def _parts(self, content: bytes, path: str, noun: str, most: int) -> list["_Part"]:
        tree = compose(content, path)
        if tree.faults:
            raise together(tree.faults)
        if not isinstance(tree.root, MapNode) or not tree.root.entries:
            hint = f"each {noun} stands under its name: {noun}_name:"
            raise DocumentError(f"there is no {noun} in it", place=Place(path, 1, 1), hint=hint)
        if len(tree.root.entries) > most:
            message = f"{len(tree.root.entries):,} {noun}s, and a crew may have {most}"
            raise DocumentError(message, place=Place(path, 1, 1), hint="split the crew")
        found: list[_Part] = []
        for key, value in tree.root.entries.values():
            place = Place(path, key.span.line, key.span.column)
            if isinstance(value, MapNode):
                found.append(_Part(key.text, place, value, self))
            else:
                self.fault(
                    place, f"{shown_key(key.text)}: must be a mapping of keys", f"what a {noun} has stands below"
                )
        return found

    def fault(self, place: Place, message: str, hint: str | None) -> None:
        """Note a mistake."""
        self.faults.append(DocumentError(message, place=place, hint=hint))

    def refuse_later_context(self, task: CrewTask, order: list[str]) -> None:
        """A task is given what was made before it."""
        before = order[: order.index(task.name)]
        for name in task.context or ():
            if name not in before:
                where = "does not stand before it" if name in order else "is no task"
                hint = did_you_mean(name, before, "tasks before it") or "leave context out: it is the first task"
                self.fault(task.place, f"{shown_key(task.name)}.context: {shown_key(name)} {where}", hint)


@dataclass(slots=True)
class _Part:
    """One agent or task while it is read: what no method asked for is what nothing here answers to."""

    name: str
    place: Place
    node: MapNode
    said: _Said
    asked: set[str] = field(default_factory=set)

    def at(self, key: str) -> Place:
        """Return where a key stands, else the whole."""
        found = self.node.entries.get(key)
        return Place(self.place.path, found[0].span.line, found[0].span.column) if found else self.place

    def text(self, key: str, *, is_needed: bool = False) -> str:
        """Return a text without the white space around it, empty where there is none."""
        node = self._node(key)
        if node is None:
            if is_needed:
                self.said.fault(self.at(key), f"{self._dotted(key)}: missing", f'add "{key}: …"')
            return ""
        if not isinstance(node, ScalarNode):
            self.said.fault(self.at(key), f"{self._dotted(key)}: must be a text", "write one text there")
            return ""
        return self._harmless(key, node.text.strip())

    def word(self, key: str) -> str:
        """Return a name that may also be something else, which is not carried over; then empty."""
        node = self.node.entries.get(key, (None, None))[1]
        return self.text(key) if isinstance(node, ScalarNode) else ""

    def whole(self, key: str, most: int) -> int | None:
        """Return a whole number of at least 1, None where there is none, or one that has no place here."""
        found = plain(self.node.entries[key][1]) if key in self.node.entries else None
        if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= most:
            return None
        self.asked.add(key)
        return found

    def is_true(self, key: str) -> bool:
        """Return a truth, as YAML 1.1 has it too: CrewAI reads that."""
        node = self._node(key)
        return isinstance(node, ScalarNode) and node.is_plain and node.text.casefold() in _TRUE

    def names(self, key: str) -> tuple[str, ...] | None:
        """Return a list of names, None where the key is not there."""
        node = self._node(key)
        if node is None:
            return None
        items = node.items if isinstance(node, ListNode) else [node]
        texts = [item.text for item in items if isinstance(item, ScalarNode)]
        if len(texts) != len(items):
            self.said.fault(self.at(key), f"{self._dotted(key)}: must be a list of names", "as [one, two]")
        return tuple(texts)

    def tell(self, key: str, hint: str) -> None:
        """Say that a key is not carried over, and what to do instead."""
        self.said.notes.append(note(self.at(key), f"{shown_key(self.name)}: not carried over: {key}", hint))

    def tell_of_the_rest(self, instead: Mapping[str, str]) -> None:
        """Say of each key that nobody asked for, and that asks for something, that it is not carried over."""
        rest = [key for key, (_, node) in self.node.entries.items() if key not in self.asked and _asks(node)]
        for key in rest:
            if key in instead:
                self.tell(key, instead[key])
        others = [key for key in rest if key not in instead]
        if others:
            message = f"{shown_key(self.name)}: not carried over: {listed(others)}"
            self.said.notes.append(note(self.at(others[0]), message))

    def _node(self, key: str) -> Node | None:
        self.asked.add(key)
        node = self.node.entries.get(key, (None, None))[1]
        return None if node is None or plain(node) is None else node

    def _dotted(self, key: str) -> str:
        return f"{shown_key(self.name)}.{key}"

    def _harmless(self, key: str, text: str) -> str:
        # An escape in quotes may be a character that no file of ours may hold.
        try:
            return decode(text, self.place.path)
        except DocumentError as exc:
            self.said.fault(self.at(key), f"{self._dotted(key)}: must have no control character", exc.hint)
            return ""


def _asks(node: Node) -> bool:
    return plain(node) not in (None, False, "", [], {})


def _agent(part: _Part) -> CrewAgent:
    found = CrewAgent(
        name=part.name,
        place=part.place,
        role=part.text("role", is_needed=True),
        goal=part.text("goal", is_needed=True),
        backstory=part.text("backstory"),
        llm=part.word("llm"),
        llm_place=part.at("llm"),
        timeout=part.whole("max_execution_time", 86_400),
        max_turns=part.whole("max_iter", 1_000),
        max_output_tokens=part.whole("max_tokens", 1_000_000),
    )
    part.tell_of_the_rest(OF_AGENTS)
    return found


def _task(part: _Part, agents: set[str]) -> CrewTask:
    is_json = any(key in part.node.entries for key in ("output_json", "output_pydantic"))
    retries = part.whole("guardrail_max_retries", 19) or part.whole("max_retries", 19)
    asks = part.at("human_input") if part.is_true("human_input") else None
    part.asked.update(["name", "create_directory"])
    found = CrewTask(
        name=part.name,
        place=part.place,
        description=part.text("description", is_needed=True),
        expected_output=part.text("expected_output"),
        agent=_who(part, agents),
        context=part.names("context"),
        output_file=part.text("output_file"),
        output_place=part.at("output_file"),
        is_json=is_json,
        is_markdown=part.is_true("markdown"),
        asks_person=asks,
        retries=retries,
    )
    part.tell_of_the_rest(OF_TASKS)
    return found


def _who(part: _Part, agents: set[str]) -> str:
    """Return the agent that a task names; the only one there is where it names none."""
    name = part.text("agent")
    if not name and len(agents) == 1:
        return next(iter(agents))
    if name not in agents and agents:
        wrong = f"{shown_key(name)} is no agent of the crew" if name else "missing"
        hint = did_you_mean(name, sorted(agents), "agents") if name else "crew.py may say which; add agent: NAME"
        part.said.fault(part.at("agent"), f"{shown_key(part.name)}.agent: {wrong}", hint)
    return name
