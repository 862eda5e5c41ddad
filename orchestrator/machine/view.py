"""A snapshot with what follows from it: who reads and writes what, whose a file is, which steps come before which."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from orchestrator.model.agent import BackendKind
from orchestrator.model.names import is_person
from orchestrator.model.order import before, sequence
from orchestrator.model.patterns import is_literal, matches_any
from orchestrator.model.pipeline import Step, StepKind
from orchestrator.model.snapshot import Files, Snapshot
from orchestrator.model.state import Approval, StepRecord

APPROVALS = "approvals/"
DATA_SUFFIXES = (".yaml", ".yml", ".json")


def stem(path: str) -> str:
    """Return the name by which an expression knows a data file."""
    name = path.rsplit("/", 1)[-1]
    for suffix in DATA_SUFFIXES:
        name = name.removesuffix(suffix)
    return name.replace("-", "_")


def data_files(text: str | None, paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of `paths` that the expression `text` names by their stem."""
    if not text:
        return ()
    from orchestrator.documents.expressions import compile_expression  # Jinja2 comes along, and few jobs need it

    names = compile_expression(text).names
    return tuple(
        path for path in sorted(paths) if path.endswith(DATA_SUFFIXES) and "/" not in path and stem(path) in names
    )


class View:
    """Facts about one snapshot, each worked out at most once."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.state = snapshot.state
        self.files = snapshot.files
        self.pipeline = snapshot.pipeline
        self.due: dict[str, bool] = {}
        self._writers: dict[str, tuple[str, ...]] = {}
        self._reads: dict[str, Files] = {}

    @cached_property
    def sequence(self) -> tuple[str, ...]:
        """Return the steps in an order that `needs` allows, the pipeline's own where it is free."""
        return sequence(self.pipeline)

    @cached_property
    def before(self) -> Mapping[str, frozenset[str]]:
        """Return, for each step, all the steps that come before it."""
        return before(self.pipeline)

    @cached_property
    def approvals(self) -> tuple[Approval, ...]:
        """Return the approvals that count: those that people's own branch bears out, and the gates' word."""
        return tuple(a for a in self.state.approvals if (a.step, a.seq) not in self.snapshot.unbacked)

    def after(self, step: str) -> tuple[str, ...]:
        """Return all the steps that come after `step`."""
        return tuple(name for name in self.sequence if step in self.before[name])

    def step(self, name: str) -> Step:
        """Return the step of that name."""
        return self.pipeline.steps[name]

    def record(self, step: str) -> StepRecord | None:
        """Return what is known of the step."""
        return self.state.steps.get(step)

    def writers(self, path: str) -> tuple[str, ...]:
        """Return the steps that may write `path`."""
        if path not in self._writers:
            self._writers[path] = tuple(
                name for name, step in self.pipeline.steps.items() if matches_any(step.writes, path)
            )
        return self._writers[path]

    def last_writer(self, path: str) -> str | None:
        """Return the step whose outputs hold `path` and that wrote last.

        A new file where steps write, and that none of them made, is the last one's once all have had their turn.
        """
        writers = [name for name in self.sequence if name in self.writers(path)]
        known = [(r, name) for name in writers if (r := self.record(name))]
        holding = [(r.wrote, name) for r, name in known if path in r.outputs]
        if not holding and len(known) == len(writers):
            holding = [(r.wrote, name) for r, name in known]
        latest = max((seq for seq, _ in holding), default=None)
        return next((name for seq, name in reversed(holding) if seq == latest), None)

    def matched(self, patterns: Iterable[str]) -> dict[str, str]:
        """Return the files that match, approvals left out."""
        wanted = tuple(patterns)
        return {
            path: oid
            for path, oid in self.files.items()
            if not path.startswith(APPROVALS) and matches_any(wanted, path)
        }

    def reads(self, step: str) -> Files:
        """Return the present versions of what the step and its gate read, the data files of its `when` among them."""
        if step not in self._reads:
            definition = self.step(step)
            read = self.matched(definition.rests_on)
            for path in data_files(definition.when, self.files):
                read[path] = self.files[path]
            self._reads[step] = read
        return self._reads[step]

    def is_for_the_gate(self, step: str, path: str) -> bool:
        """Say whether the gate of the step reads the file, and its agent does not."""
        definition = self.step(step)
        return matches_any(definition.gate_reads, path) and not matches_any(
            (*definition.reads, *definition.writes), path
        )

    def inputs(self, step: str, *, from_the_first: bool) -> Files:
        """Return what an attempt reads. A step that writes what it reads starts again from its first inputs.

        But not where a person has written since: their words are gone on from.
        """
        read = dict(self.reads(step))
        record = self.record(step)
        for path, oid in record.inputs.items() if record else ():
            if not matches_any(self.step(step).writes, path):
                continue
            if path not in self.files or (from_the_first and not is_person(self.owner(path) or "")):
                read[path] = oid
        return read

    def missing(self, patterns: Iterable[str]) -> tuple[str, ...]:
        """Return the single files among `patterns` that are not there."""
        return tuple(pattern for pattern in patterns if is_literal(pattern) and pattern not in self.files)

    def unwritten(self, step: str) -> tuple[str, ...]:
        """Return what is not there of what the step writes: single files; of folders, those that no file stands for."""
        writes = self.step(step).writes
        return self.missing(writes) or (() if self.matched(writes) else tuple(writes))

    @cached_property
    def edits(self) -> Files:
        """Return the paths that steps write and whose version is not the one last seen."""
        seen = self.state.seen
        return {
            path: oid
            for path, oid in self.files.items()
            if (path not in seen or seen[path].id != oid) and self.writers(path)
        }

    def owner(self, path: str) -> str | None:
        """Return who made the present version of a path that steps write."""
        if path in self.edits:
            return self.snapshot.editors.get(path, "unknown@localhost")
        seen = self.state.seen.get(path)
        return seen.by if seen else None

    def persons_files(self, step: str) -> tuple[str, ...]:
        """Return the files that `step` writes without reading them, and that are a person's now."""
        definition = self.step(step)
        written = self.matched(definition.writes)
        return tuple(
            path
            for path in sorted(written)
            if is_person(self.owner(path) or "") and not matches_any(definition.reads, path)
        )

    def is_persons(self, step: str) -> bool:
        """Say whether only people do the step."""
        definition = self.snapshot.definitions.get(step)
        agent = definition.agent if definition else None
        return agent is not None and agent.extras.backend is BackendKind.PERSON

    def barred(self, step: str) -> dict[str, str]:
        """Return model → why it may not do the step: it made what the step is to judge."""
        makers = ((name, self.record(name)) for name in self.step(step).other_model_than)
        return {record.model: f"made {name}, which {step} judges" for name, record in makers if record and record.model}

    def is_done_by_person(self, step: str) -> bool:
        """Say whether a step that has not run finds all that it writes made by a person already."""
        definition = self.step(step)
        persons = self.persons_files(step)
        if not persons or self.unwritten(step):
            return False
        written = self.matched(definition.writes)
        return set(persons) == set(written) and not any(self.last_writer(path) for path in written)

    def cover(self) -> dict[str, str]:
        """Return what an approval covers: the job's directory, and of the workspace what steps may write."""
        return {
            path: oid
            for path, oid in self.files.items()
            if not path.startswith(APPROVALS) and (not path.startswith("/") or self.writers(path))
        }

    def payload(self, step: str) -> dict[str, str]:
        """Return what a publish step sends out."""
        publish = self.step(step).publish
        return self.matched(publish.files) if publish else {}

    def approve_steps(self) -> tuple[str, ...]:
        """Return the steps that a person answers."""
        return tuple(name for name in self.sequence if self.step(name).kind is StepKind.APPROVE)
