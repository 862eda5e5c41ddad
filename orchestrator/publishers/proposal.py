"""The `proposal` publisher: an addition to what the workspace knows, as a branch beside the base that a person merges.

A state: the branch shows the latest. It never moves the base. What it writes goes into the prompts of jobs to come, so
that it is text in which nothing hides from the eye of the one who merges it, and no secret.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestrator import trailers
from orchestrator.content import hidden
from orchestrator.content.secrets import secret_in
from orchestrator.errors import EffectError, OrchestratorError, Place, WorkspaceError
from orchestrator.model import settings as model
from orchestrator.model.names import path_fault, shown
from orchestrator.model.protected import folded, protected
from orchestrator.publishers.interface import Delivery, Idempotency, Proposals
from orchestrator.publishers.open_ends import open_end

MOST_BYTES = 1_000_000
"""Of the file once the addition is in it: no prompt holds more."""
_SETTINGS = Place("orchestrator.yaml")
_DEFINING = frozenset({"agents", "prompts", "jobs"})
_MARKDOWN = (".md", ".markdown")
_KEY_SHOWN = 16
_LOOKS: tuple[Callable[[str], Iterator[hidden.Hidden | hidden.Turn]], ...] = (
    hidden.controls,
    hidden.invisible,
    hidden.turns,
)

Mode = Literal["append", "replace", "create"]


class ProposalSettings(BaseModel):
    """The keys of `{kind: proposal}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    requires: str | None = None
    path: str = Field(default="memory/", min_length=1, max_length=1000)
    mode: Mode = "append"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A file of the workspace to add to, or with `/` at its end a folder in which files are named as the job's."""

    path: str
    mode: Mode
    proposals: Proposals
    idempotency: Idempotency = Idempotency.LOOKUP
    is_event: bool = False

    def send(self, delivery: Delivery) -> str:
        """Propose the delivery's one file, and return which branch does.

        Raises EffectError, with no branch moved, where it is not fit to be proposed or the repository refuses.
        """
        ((source, content),) = self._one_file(delivery).items()
        path = self._path_for(source)
        _refuse_unfit(source, content)
        if self.mode == "append":
            _refuse_open(source, content)
        try:
            return self._proposed(delivery, path, (source, content))
        except EffectError:
            raise
        except (OrchestratorError, OSError) as problem:
            raise _failed(problem, path) from problem

    def look_up(self, key: str, job: str) -> bool:
        """Say whether a branch of the job proposes what that key carries, or the base has it appended already."""
        try:
            return self._is_on_a_branch(key, job) or self._is_merged(key)
        except (OrchestratorError, OSError) as problem:
            raise _failed(problem, self.path) from problem

    def _proposed(self, delivery: Delivery, path: str, source: tuple[str, bytes]) -> str:
        branch = self.proposals.branch(delivery.job, delivery.step)
        said = f"{branch} proposes {path}; git merge {branch} takes it in"
        if self._is_on_a_branch(delivery.key, delivery.job):
            return said
        base = self.proposals.base()
        before = self.proposals.read(base, path)
        after = self._after(before, delivery, path, source[1])
        if after == before:
            return f"{path} has it already, and nothing was proposed"
        if len(after) > MOST_BYTES:
            hint = "shorten what stands there: what is no longer true, or said twice"
            raise EffectError(f"it would have more than {MOST_BYTES // 1_000_000} MB", place=Place(path), hint=hint)
        self.proposals.propose(
            delivery.job,
            delivery.step,
            {path: after},
            base=base,
            source=(_in_workspace(delivery.job, source[0]), source[1]),
            message=_message(delivery, path),
        )
        return said

    def _after(self, before: bytes | None, delivery: Delivery, path: str, content: bytes) -> bytes:
        if self.mode == "append":
            return appended(before or b"", delivery, content)
        if self.mode == "create" and before not in (None, content):
            hint = "let the job call its file otherwise, or say `mode: replace` for this publisher in orchestrator.yaml"
            raise EffectError("the base has another file of that name already", place=Place(path), hint=hint)
        return content

    def _one_file(self, delivery: Delivery) -> dict[str, bytes]:
        if len(delivery.files) != 1:
            raise EffectError(
                f"a proposal is of one file, and {len(delivery.files)} were sent",
                place=Place(", ".join(sorted(delivery.files)[:3])),
                hint=f"name one file under `files` of step {delivery.step}",
            )
        return dict(delivery.files)

    def _path_for(self, source: str) -> str:
        """Return where the file goes. Raises EffectError where none of its name may be proposed there."""
        path = self.path + source.rpartition("/")[2] if self.path.endswith("/") else self.path
        fault = _fault(path, self.mode)
        if fault:
            raise EffectError(fault, place=Place(path), hint="let the job call its file otherwise")
        return path

    def _is_on_a_branch(self, key: str, job: str) -> bool:
        return any(trailers.parse(message).get("Effect-Key") == key for message in self.proposals.messages(job))

    def _is_merged(self, key: str) -> bool:
        if self.mode != "append" or self.path.endswith("/"):
            return False
        standing = self.proposals.read(self.proposals.base(), self.path)
        return standing is not None and _sign(key) in standing


def open_proposal(settings: model.Publisher, proposals: Proposals | None) -> Proposal:
    """Return the publisher. Raises WorkspaceError for keys that are off, and for a path that is never proposed."""
    try:
        said = ProposalSettings.model_validate(settings.model_dump())
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise _off(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from problem
    path = said.path.removeprefix("/")
    fault = _fault(path, said.mode)
    if fault:
        raise _off(f"path: {shown(said.path)}: {fault}")
    if proposals is None:
        raise _off("there is no repository here that it could propose to")
    return Proposal(path, said.mode, proposals)


def appended(before: bytes, delivery: Delivery, content: bytes) -> bytes:
    """Return a Markdown text with the job's addition at its end, below a heading that names the job.

    A delivery that stands there already, by the sign of its key, is not added twice.
    """
    sign = _sign(delivery.key)
    if sign in before:
        return before
    stands = before.rstrip(b"\r\n")
    text = stands + b"\n\n" if stands else b""
    heading = f"## From {delivery.job}\n\n".encode()
    return text + heading + sign + b"\n\n" + content.strip(b"\r\n") + b"\n"


def _sign(key: str) -> bytes:
    return f"<!-- effect {key[:_KEY_SHOWN]} -->".encode()


def _message(delivery: Delivery, path: str) -> str:
    body = f"{delivery.job} proposes {path} for the base branch. Merge this branch to take it in, or delete it."
    rows = [("Job", delivery.job), ("Effect-Key", delivery.key)]
    return trailers.format_message(f"memory: {delivery.step} of {delivery.job}", body, rows)


def _in_workspace(job: str, path: str) -> str:
    """Return a path of the payload as one of the workspace: a leading `/` is its root, else it is the job's."""
    return path[1:] if path.startswith("/") else f"jobs/{job}/{path}"


def _fault(path: str, mode: Mode) -> str | None:
    """Return why nothing may be proposed at a path, or None."""
    return path_fault(f"/{path.removesuffix('/')}") or _rule(path, mode)


def _rule(path: str, mode: Mode) -> str | None:
    if folded(path.split("/")[0]) in _DEFINING:
        return "what defines jobs is changed by people alone"
    if not path.endswith("/") and mode == "append" and not path.casefold().endswith(_MARKDOWN):
        return "mode append is for Markdown, a file that ends in .md"
    return protected(path.rstrip("/"))


def _refuse_unfit(source: str, content: bytes) -> None:
    """Raise EffectError for what is not fit to be merged by a person and read by the agents of other jobs."""
    text = _text(source, content)
    if not text.strip():
        raise _unfit(source, "it is empty")
    unseen = min(((each.line, each.char) for look in _LOOKS for each in look(text)), default=None)
    if unseen:
        line, char = unseen
        raise _unfit(source, f"{hidden.point(char)} hides from the eye of whoever merges it", line)
    secret = secret_in(content)
    if secret:
        raise _unfit(source, f"it holds what looks like {secret}; take it out, and revoke it")


def _refuse_open(source: str, content: bytes) -> None:
    """Raise EffectError where what another job adds below would be shown as a part of this, or not at all."""
    found = open_end(_text(source, content))
    if found:
        line, what = found
        raise _unfit(source, f"{what} here and is never closed, so that it takes in what is added below", line)


def _text(source: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise _unfit(source, "it is no UTF-8 text", line) from problem


def _unfit(source: str, fault: str, line: int | None = None) -> EffectError:
    hint = f"mend {source} in the job, then retry: it is to stand in the prompts of other jobs"
    return EffectError(fault, place=Place(source, line), hint=hint)


def _failed(problem: OrchestratorError | OSError, path: str) -> EffectError:
    if isinstance(problem, OSError):
        said, hint = problem.strerror, "mend that, then retry"
        return EffectError(f"it cannot be proposed: {said}", place=Place(path), hint=hint)
    place = problem.place or Place(path)
    return EffectError(f"it cannot be proposed: {problem.message}", place=place, hint=problem.hint)


def _off(said: str) -> WorkspaceError:
    return WorkspaceError(
        f"a publisher of the kind proposal: {said}",
        place=_SETTINGS,
        hint="it takes path (a file, or a folder with / at its end), mode (append, replace, create), requires",
    )
