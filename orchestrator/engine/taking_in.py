"""`import`: another tool's agents, or a crew, laid into the main worktree and committed as the person who asks.

All of it or nothing: what is wrong with one file, or in the way of one, stops the whole before anything is written.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.documents.importing.agents import take_agents
from orchestrator.documents.importing.crew import read_crew
from orchestrator.documents.importing.taken import TakenIn, note
from orchestrator.documents.importing.template import crew_template, params
from orchestrator.documents.problems import Problem
from orchestrator.engine import lint, paths
from orchestrator.engine.gather import read_settings
from orchestrator.engine.taking_from import agent_files, contents, crew_files, label, template_name
from orchestrator.engine.world import World
from orchestrator.errors import DocumentError, Place, UsageError
from orchestrator.model.names import shown
from orchestrator.model.settings import Settings

_MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Import:
    """What an import would do, by path in the workspace: what is new, what stands there already, what it replaces."""

    noun: str
    """`2 agents`, or `the crew research`: for the commit's message."""
    name: str
    """The folder as it was named, in one harmless line."""
    new: Mapping[str, bytes]
    same: tuple[str, ...]
    replaced: Mapping[str, bytes]
    notes: tuple[Problem, ...]
    template: str | None = None
    params: tuple[str, ...] = field(default=())

    @property
    def message(self) -> str:
        """Return the subject of the commit."""
        return f"Import {self.noun} from {self.name}"


def plan_agents(world: World, root: Path, folder: Path, name: str, *, force: bool = False) -> Import:
    """Return what taking in the agents of a folder would do. `root`: the main worktree, `name`: as it was typed.

    Raises UsageError, DocumentError, RefusedError.
    """
    name = label(name)
    given = contents(agent_files(folder, name), folder, name)
    if not given:
        raise UsageError(f"{shown(name)} has no agents", hint="an agent is a Markdown file with front matter: *.md")
    settings = _settings(world)
    taken = take_agents(given, settings)
    if not taken.files:
        raise DocumentError(f"{shown(name)} has no agents", hint="an agent's file begins with front matter: ---")
    _refuse_broken(world, taken)
    noun = f"{len(taken.files)} agent{'' if len(taken.files) == 1 else 's'}"
    return _planned(world, root, taken, Import(noun, _short(name), {}, (), {}, taken.notes), force=force)


def plan_crew(world: World, root: Path, folder: Path, name: str, *, force: bool = False) -> Import:
    """Return what making a template of a CrewAI crew would do. Raises UsageError, DocumentError, RefusedError."""
    name = label(name)
    agents, tasks = crew_files(folder, name)
    template = template_name(agents.parent)
    (agents_path, agents_text), (tasks_path, tasks_text) = contents((agents, tasks), folder, name).items()
    crew = read_crew(agents_text, agents_path, tasks_text, tasks_path)
    standing = {path: _standing(root, path) or b"" for path in _names(root, "agents")}
    taken = crew_template(crew, template, _settings(world), standing)
    _refuse_broken(world, taken)
    begun = Import(
        f"the crew {template}", _short(name), {}, (), {}, taken.notes, template=template, params=params(crew)
    )
    return _planned(world, root, taken, begun, force=force)


def carry_out(root: Path, plan: Import, *, date: int | None) -> None:
    """Write the files of a plan and commit them, and nothing else. `date`: of the commit, Unix time; None: now.

    Raises RefusedError or WorkspaceError; then all stands as it stood.
    """
    if plan.new or plan.replaced:
        from orchestrator.ledger.founding import lay_down  # GitPython takes long to load

        lay_down(root, plan.new, plan.replaced, plan.message, noun=plan.noun, date=date)


def _settings(world: World) -> Settings:
    return read_settings(world, world.ledger.base().commit)


def _short(name: str) -> str:
    return name if len(name) <= _MOST_SHOWN else f"…{name[1 - _MOST_SHOWN :]}"


# --- what stands there -----------------------------------------------------------------------------------------------


def _planned(world: World, root: Path, taken: TakenIn, begun: Import, *, force: bool) -> Import:
    """Return the plan, once nothing is in the way of it. Raises DocumentError, which carries all that is."""
    committed = _committed(world)
    new: dict[str, bytes] = {}
    replaced: dict[str, bytes] = {}
    same: list[str] = []
    faults: list[DocumentError] = []
    for path, content in taken.files.items():
        try:
            stands = _standing(root, path)
            _refuse_dirty(world, path, stands, content, committed, force=force)
        except DocumentError as exc:
            faults.append(exc)
            continue
        if stands is None:
            new[path] = content
        elif stands == content:
            same.append(path)
        else:
            replaced[path] = content
    lint.raise_errors(faults)
    loose = [
        note(Place(path), "stands here already, not committed", "commit it") for path in same if path not in committed
    ]
    return replace(begun, new=new, same=tuple(same), replaced=replaced, notes=(*begun.notes, *loose))


def _committed(world: World) -> Mapping[str, str]:
    """Return path → blob id of what the branch that is checked out has of the folders that an import writes."""
    head = world.ledger.ref("HEAD") or world.ledger.base().commit
    folders = ("agents", "prompts", paths.TEMPLATES.rstrip("/"))
    return {path: oid for folder in folders for path, oid in world.ledger.files(head, folder).items()}


def _refuse_dirty(
    world: World, path: str, stands: bytes | None, content: bytes, committed: Mapping[str, str], *, force: bool
) -> None:
    """Raise DocumentError where a person's file would be lost, or come back."""
    place = Place(path)
    if stands == content:
        return
    if stands is None:
        if path in committed:
            hint = f"commit that, or bring it back: git restore {path}"
            raise DocumentError("was deleted here, and that is not committed", place=place, hint=hint)
        return
    if not force:
        hint = "look at both, then: --force puts the imported one in its place; or rename yours"
        raise DocumentError("another file stands here already", place=place, hint=hint)
    if committed.get(path) != world.ledger.blob_id(stands):
        raise DocumentError("has changes that are not committed", place=place, hint="commit them, or take them back")


def _standing(root: Path, path: str) -> bytes | None:
    """Return what stands at a path of the workspace, None where nothing does. Raises DocumentError for what is odd."""
    target = root
    for part in path.split("/")[:-1]:
        target = target / part
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            place = Place(target.relative_to(root).as_posix())
            raise DocumentError("something else than a folder stands here", place=place, hint="move it away")
    file = root / path
    if not os.path.lexists(file):
        return None
    if file.is_symlink() or not file.is_file():
        raise DocumentError("something else than a file stands here", place=Place(path), hint="move it away")
    return file.read_bytes()


def _names(root: Path, folder: str) -> list[str]:
    """Return the paths of the Markdown files that stand in a folder of the workspace itself."""
    top = root / folder
    files = sorted(top.glob("*.md")) if top.is_dir() else []
    return [f"{folder}/{file.name}" for file in files if file.is_file() and not file.is_symlink()]


def _refuse_broken(world: World, taken: TakenIn) -> None:
    """Raise DocumentError where lint finds an error in what would be laid down: nothing broken is committed."""
    base = world.ledger.base().commit
    oid = world.ledger.files(base, paths.SETTINGS)[paths.SETTINGS]
    found = lint.judge({**taken.files, paths.SETTINGS: world.ledger.blob(oid)}, taken.files)
    own = [each for each in found if each.path in taken.files]
    lint.raise_first(replace(each, path=taken.origins.get(each.path, each.path)) for each in own)
