"""A job without git: files in a dict, a history in a list, agents and gates that do as they are told.

It stands in for the engine and the ledger in the tests of the machine, and shows what those two owe it: what a snapshot
holds, what each action wants done, what goes into the history and what, like receipts and branches, lies beside it.
Beside the machine's own state it keeps an account of who read and wrote what, for the promises to be held against.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from machine_shapes import ADA, STOCK, Shape

from orchestrator.documents.models import parse
from orchestrator.documents.yaml import load
from orchestrator.machine import decide, order, record
from orchestrator.machine.approval import standing
from orchestrator.machine.digests import digest, tree_id
from orchestrator.machine.verdicts import WRITTEN
from orchestrator.machine.view import View, stem
from orchestrator.machine.waiving import findings
from orchestrator.model.action import (
    Action,
    Await,
    BringHome,
    CheckResult,
    Command,
    Confirm,
    Done,
    Entry,
    Fault,
    Halt,
    Judge,
    Judged,
    Noted,
    NotSent,
    Produced,
    Propose,
    Publish,
    Reconcile,
    Result,
    Run,
    Sent,
    Settle,
    Skip,
    Trouble,
    Unclear,
    Usage,
    Waits,
    Word,
)
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.job import JobFile
from orchestrator.model.patterns import is_literal
from orchestrator.model.pipeline import Pipeline
from orchestrator.model.settings import Settings
from orchestrator.model.snapshot import Brought, Claim, Definition, Effect, Files, Snapshot, Target, Weight
from orchestrator.model.state import How, Outcome, State

JOB = "mug"
FAULTS = {
    "fault": Trouble.WORK,
    "transient": Trouble.BUSY,
    "outage": Trouble.OUTAGE,
    "denied": Trouble.DENIED,
}
TOKENS = 100_000
"""Of every prompt: what the engine would measure."""
BASE = "b" * 40
MOST_ADVANCES = 40
MARKS = {"fail": "[fails: {}]", "broken": "[broken]"}
"""What an attempt writes into its text, for the gate to find."""

Moves = Callable[[Run], str]
"""What an agent does with an attempt: see `World.attempt`."""


@lru_cache(maxsize=4096)
def blob_id(text: str) -> str:
    """Return the id that git gives this text."""
    raw = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(raw) + raw).hexdigest()


def well_behaved(_: Run) -> str:
    return "pass"


def scripted(**moves: Iterable[str]) -> Moves:
    """Return moves by step, used up one by one, then `pass`. A `-` in a step's name is written `_`."""
    left = {step.replace("_", "-"): iter(script) for step, script in moves.items()}
    return lambda run: next(left.get(run.step, iter(())), "pass")


@lru_cache(maxsize=256)
def _pipeline(text: str) -> Pipeline:
    return parse(text, "pipeline.yaml", Pipeline)


@lru_cache(maxsize=256)
def _job_file(text: str) -> JobFile:
    return parse(text, "job.yaml", JobFile)


@lru_cache(maxsize=64)
def _settings(text: str) -> Settings:
    return parse(text, "orchestrator.yaml", Settings)


@lru_cache(maxsize=2048)
def _data(text: str, path: str) -> object:
    return load(text, path)


@dataclass(frozen=True)
class Account:
    """Who did what, kept by the world and not by the machine. Moments are counted, never timed."""

    read: Mapping[str, tuple[int, Files, Mapping[str, object]]] = field(default_factory=dict)
    """Step → when it last read, which files, and which params."""
    wrote: Mapping[str, Mapping[str, tuple[int, str]]] = field(default_factory=dict)
    """Path → step → when its content came to be under that step, and the content's id."""
    hands: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Path → who touched it last, and when."""
    reruns: Mapping[str, Files] = field(default_factory=dict)
    """Step → what stood there when a person said rerun: the word speaks of these versions."""


@dataclass(frozen=True)
class Tip:
    """One commit: the files, the state, what of approved/<id> was brought home, the account."""

    files: Mapping[str, str]
    state: State
    taken: str | None = None
    account: Account = Account()
    entry: Entry | None = None


@dataclass(frozen=True)
class Review:
    """A review branch: the content that it proposes."""

    seq: int
    tree: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Merged:
    """The branch approved/<id>, as people left it."""

    commit: str
    step: str
    seq: int
    tree: str
    proposal: Mapping[str, str]
    files: Mapping[str, str]
    by: str | None
    how: How


@dataclass
class Outside:
    """What no reset takes back: effects with their receipts, intents without, and what really arrived."""

    receipts: list[Effect] = field(default_factory=list)
    intent: Effect | None = None
    arrived: list[str] = field(default_factory=list)
    is_blind: bool = False
    """Nobody can look up what became of an effect."""


def decided(snapshot: Snapshot, now: int) -> tuple[Snapshot, Action]:
    """Decide as the engine does: what may cost money is weighed, and decided again."""
    action = decide(snapshot, now)
    if not isinstance(action, Run) or action.is_weighed:
        return snapshot, action
    weighed = replace(snapshot, weight=Weight(action.step, TOKENS))
    return weighed, decide(weighed, now)


class World:
    """A job, its people and its agents."""

    def __init__(self, shape: Shape = STOCK, /, **params: object) -> None:
        self.shape = shape
        self.clock = 1_000
        self.moment = 0
        self.salt = ""
        self.found: dict[str, int] = dict(shape.found)
        """Step → how many findings a reviewer has."""
        self.critical: dict[str, int] = {}
        self.broken_checks = 0
        self.publishing = "sent"
        self.claim: Claim | None = None
        self.is_deleted = False
        self.archived = 0.0
        self.reviews: dict[str, Review] = {}
        self.merged: Merged | None = None
        self.outside = {n: Outside() for n, s in _pipeline(shape.pipeline).steps.items() if s.publish}
        self.asked: list[Run] = []
        """Every invocation of an agent."""
        self.approved: list[tuple[str, Files]] = []
        """Every content that a person merged, or that the gates alone let through, with the step that asked."""
        self.waived: set[tuple[str, str, str]] = set()
        """Step, message and content of each finding that a person waived."""
        self.breaches: list[str] = []
        """Promises that were broken as they were watched."""
        self.blobs: dict[str, str] = {}
        files = {"pipeline.yaml": shape.pipeline, "job.yaml": shape.job_file(params), **shape.files}
        hands = dict.fromkeys(files, (ADA, 0))
        self.retry_after: int | None = None
        self.history = [Tip(files, State(), account=Account(hands=hands))]

    # --- what stands there ------------------------------------------------------------------------------------------

    @property
    def tip(self) -> Tip:
        return self.history[-1]

    @property
    def files(self) -> Mapping[str, str]:
        return self.tip.files

    @property
    def state(self) -> State:
        return self.tip.state

    def outcomes(self) -> dict[str, str]:
        return {step: str(known.outcome) for step, known in self.state.steps.items()}

    def ids(self, files: Mapping[str, str]) -> dict[str, str]:
        found = {}
        for path, text in files.items():
            found[path] = blob_id(text)
            self.blobs[found[path]] = text
        return found

    def snapshot(self, state: State | None = None) -> Snapshot:
        """Return the job at its tip; `state` may stand in for the state that was carried along."""
        files, pipeline = self.ids(self.files), _pipeline(self.files["pipeline.yaml"])
        return Snapshot(
            job=JOB,
            tip=f"{len(self.history):040x}",
            base=BASE,
            state=state or self.state,
            job_file=_job_file(self.files["job.yaml"]),
            pipeline=pipeline,
            definitions=self._definitions(pipeline),
            settings=_settings(self.shape.settings),
            files=files,
            data={stem(p): _data(t, p) for p, t in self.files.items() if p.endswith(".yaml") and "/" not in p},
            editors=self._editors(files),
            open_reviews=frozenset(self.reviews),
            brought=self._brought(files),
            targets={step: self._target(step) for step in self.outside},
            claim=self.claim,
            archived_spend=self.archived,
            is_deleted=self.is_deleted,
        )

    def _definitions(self, pipeline: Pipeline) -> dict[str, Definition]:
        said = _job_file(self.files["job.yaml"]).params
        found = {}
        for name, step in pipeline.steps.items():
            params = {key: said.get(key) for key in self.shape.params.get(name, ())}
            found[name] = Definition(self.shape.roles.get(step.agent or ""), digest(name), params)
        return found

    def _editors(self, files: Files) -> dict[str, str]:
        seen = self.state.seen
        edited = (path for path, oid in files.items() if path not in seen or seen[path].id != oid)
        return {path: self.tip.account.hands[path][0] for path in edited}

    def _brought(self, files: Files) -> Brought | None:
        merged = self.merged
        if merged is None or merged.commit == self.tip.taken:
            return None
        ours, base, theirs = files, self.ids(merged.proposal), self.ids(merged.files)
        differing = [path for path in {**base, **theirs} if base.get(path) != theirs.get(path)]
        edits = {path: theirs.get(path) for path in sorted(differing)}
        both = tuple(p for p, oid in edits.items() if ours.get(p) not in (base.get(p), oid))
        return Brought(
            merged.commit, merged.step, merged.seq, merged.tree, merged.by, merged.how, theirs, edits, conflicts=both
        )

    def _target(self, step: str) -> Target:
        out = self.outside[step]
        is_event = step in self.shape.events
        return Target(
            is_event=is_event,
            latest=out.receipts[-1] if out.receipts else None,
            earlier={effect.key: effect.commit for effect in out.receipts} if is_event else {},
            intent=out.intent,
        )

    def decide(self) -> Action:
        return decided(self.snapshot(), self.clock)[1]

    # --- what people do ---------------------------------------------------------------------------------------------

    def edit(self, path: str, text: str, by: str = ADA) -> None:
        """A person commits a new version of a file, or a new file. The same words again are no commit."""
        if self.files.get(path) != text:
            self._by_person({**self.files, path: text}, {path: by})

    def delete(self, path: str) -> None:
        came_and_went = path not in self.state.seen
        self._by_person({p: t for p, t in self.files.items() if p != path}, {})
        if came_and_went:
            account = self.tip.account
            wrote = {p: writes for p, writes in account.wrote.items() if p != path}
            self.history[-1] = replace(self.tip, account=replace(account, wrote=wrote))

    def adopt(self, state: State) -> None:
        """A person edits state.yaml by hand."""
        self.history.append(replace(self.tip, state=state, entry=None))

    def set_params(self, **params: object) -> None:
        self.edit("job.yaml", self.shape.job_file(params))

    def _by_person(self, files: Mapping[str, str], hands: Mapping[str, str], taken: str | None = None) -> None:
        self.moment += 1
        account = self.tip.account
        touched = {**account.hands, **{path: (by, self.moment) for path, by in hands.items()}}
        wrote = {**account.wrote}
        for path in hands:
            last = self._answers_for(path)
            if last is not None and path in files:
                wrote[path] = {**wrote.get(path, {}), last: (self.moment, blob_id(files[path]))}
        account = replace(account, hands=touched, wrote=wrote)
        self.history.append(replace(self.tip, files=files, account=account, entry=None, taken=taken or self.tip.taken))

    def _answers_for(self, path: str) -> str | None:
        """Return the step under which a person's edit counts: the one that wrote the path last, or that would have."""
        account = self.tip.account
        told = account.wrote.get(path, {})
        if told:
            return max(told, key=lambda step: told[step][0])
        writers = View(self.snapshot()).writers(path)
        latest = {
            step: max((at[step][0] for at in account.wrote.values() if step in at), default=0) for step in writers
        }
        had_their_turn = writers and all(step in account.read for step in writers)
        return max(reversed(writers), key=lambda step: latest[step]) if had_their_turn else None

    def waive(self, number: int, by: str = ADA) -> None:
        """A person waives one of the findings that stand there. Raises RefusedError."""
        known = tuple(findings(self.snapshot()))
        if known:
            found = known[number % len(known)]
            self.say("waive", by=by, message="meant", findings=(found.id,))
            record_ = self.state.steps[found.step]
            for path in {found.finding.file} if found.finding.file else set(record_.outputs):
                if path in self.files:
                    self.waived.add((found.step, found.finding.message, blob_id(self.files[path])))

    def say(
        self, word: str, step: str | None = None, by: str = ADA, message: str = "", findings: tuple[str, ...] = ()
    ) -> Entry:
        """A person commands. Raises RefusedError."""
        made = order(self.snapshot(), Command(Word(word), by, step, message, findings))
        self.moment += 1
        account = self.tip.account
        if word == "rerun" and step:
            account = replace(
                account, reruns={**account.reruns, step: {**account.reruns.get(step, {}), **self.ids(self.files)}}
            )
        if word == "reject":
            self.reviews.pop(step or self.question(), None)
        if word == "restore":
            self.is_deleted = False
        self._append(made, self.files, account)
        return made

    def question(self) -> str:
        """Return the step that waits for an answer."""
        return next(step for step, known in self.state.steps.items() if known.outcome == "waiting")

    def merge(
        self,
        step: str = "approve",
        by: str | None = ADA,
        how: How = How.LOCAL,
        *,
        edits: Mapping[str, str | None] | None = None,
        deletes_branch: bool = False,
    ) -> None:
        """A person brings a review branch to approved/<id>; `edits` are made on the branch before."""
        review = self.reviews[step]
        files = {p: t for p, t in {**review.files, **(edits or {})}.items() if t is not None}
        self.moment += 1
        commit = f"merge-{self.moment}"
        self.merged = Merged(commit, step, review.seq, review.tree, review.files, files, by, how)
        brought = self._brought(self.ids(self.files))
        if brought is not None and standing(View(self.snapshot()), brought).fault is None:
            self.approved.append((step, self.ids(files)))
        if deletes_branch:
            del self.reviews[step]

    def delete_review(self, step: str = "approve") -> None:
        self.reviews.pop(step, None)

    def reset(self, to: int) -> None:
        """`git reset --hard` to the commit of that place in the history; what it cost stays counted."""
        spent = self.state.spend_usd
        self.history = self.history[: to + 1]
        self.archived = round(self.archived + spent - self.state.spend_usd, 6)

    def sleep(self, seconds: int) -> None:
        self.clock += seconds

    # --- what the orchestrator does ---------------------------------------------------------------------------------

    def advance(self, moves: Moves = well_behaved) -> tuple[Action, Entry | None]:
        """Decide, do, record: one entry at most."""
        self.clock += 1
        snapshot, action = decided(self.snapshot(), self.clock)
        self.moment += 1
        result = self._perform(snapshot, action, moves)
        if result is None:
            return action, None
        made = record(snapshot, action, result)
        if made is None:
            return action, None
        self._commit(action, result, made)
        return action, made

    def run(self, moves: Moves = well_behaved, *, is_patient: bool = False) -> list[str]:
        """Advance until the job rests; return the entries' subjects without the job's name. Patient: it waits."""
        said: list[str] = []
        for _ in range(MOST_ADVANCES):
            entries = len(self.history)
            action, made = self.advance(moves)
            if made is not None:
                said.append(made.subject.removeprefix(f"{JOB}: "))
            if is_patient and isinstance(action, Await) and action.waits is Waits.TIME:
                self.clock = max(self.clock, action.until or 0)
            elif isinstance(action, Await | Halt | Done) and len(self.history) == entries:
                return said
        raise AssertionError(f"no rest after {MOST_ADVANCES} advances: {said[-12:]}")

    def _perform(self, snapshot: Snapshot, action: Action, moves: Moves) -> Result | None:
        """Do what the action wants; None where the process is killed over it."""
        match action:
            case Run():
                return self._attempt(snapshot, action, moves(action))
            case Judge():
                return self._judge(snapshot, action)
            case Publish():
                return self._publish(action)
            case Reconcile():
                return self._look_up(action)
            case _:
                return Noted()

    def _attempt(self, snapshot: Snapshot, run: Run, move: str) -> Result | None:
        """pass · fail[:why] · partial · refuse · nothing · fault · transient · outage · denied · error · crash.

        And broken: a review that is none.
        """
        self.asked.append(run)
        kind, _, why = move.partition(":")
        role = snapshot.pipeline.steps[run.step].agent or ""
        usage = Usage(tokens_in=10, tokens_out=5, cost_usd=0.01)
        if kind == "crash":
            tip, cost = snapshot.tip, run.route.reserved_usd + 0.02
            self.claim = Claim(run.step, run.attempt, tip, cost, "host:1", self.clock + 60, is_orphaned=True)
            return None
        if kind in FAULTS:
            is_transient = kind not in ("fault", "denied")
            said = why or "no answer"
            return Fault(
                said, is_transient, usage, role, "model", self.retry_after, now=self.clock, trouble=FAULTS[kind]
            )
        made = self._written(run, snapshot, MARKS.get(kind, "").format(why or "dull"))
        texts = self._admitted(snapshot, run, made, kind)
        self.broken_checks += kind == "error"
        refused = (
            (_finding(f"{why or 'secret.txt'} may not be written", check="admission"),)
            if kind.startswith("refuse")
            else ()
        )
        checks = self._gate(snapshot.pipeline, run.step, {**self._left_before(snapshot, run.step), **texts})
        if kind == "nothing":
            checks = (CheckResult(WRITTEN, Verdict.FAIL, (_finding("nothing was written", check=WRITTEN),)),)
        data = {stem(path): _data(text, path) for path, text in texts.items() if path.endswith(".yaml")}
        bound = self._bound(snapshot, run.step, texts)
        return Produced(self.ids(texts), checks, usage, role, "model", "ab12", refused, data, bound)

    def _left_before(self, snapshot: Snapshot, step: str) -> dict[str, str]:
        """Return what earlier attempts left that still stands as the step's: the gate judges it too."""
        view = View(snapshot)
        known = view.record(step)
        paths = [p for p in (known.outputs if known else ()) if p in snapshot.files and view.last_writer(p) == step]
        return {path: self.blobs[snapshot.files[path]] for path in paths}

    def _admitted(self, snapshot: Snapshot, run: Run, made: Mapping[str, str], kind: str) -> dict[str, str]:
        """Return what of it stands: a file that the step reads may be left as it was read, or as it was at first."""
        left = {"refuse": list(made), "nothing": list(made), "refuse-some": list(made)[1:]}.get(kind, [])
        if kind == "partial":
            left = [path for path in list(made)[1:] if path in run.inputs]
        first = {p: self.blobs[oid] for p, oid in run.inputs.items() if p in left and snapshot.files.get(p) != oid}
        return {**{path: text for path, text in made.items() if path not in left}, **first}

    def _written(self, run: Run, snapshot: Snapshot, mark: str) -> dict[str, str]:
        step = snapshot.pipeline.steps[run.step]
        rows = [sorted(run.inputs.items()), [f.message for f in run.feedback], self.salt]
        rows.append(sorted(snapshot.definitions[run.step].params.items()))
        token = digest([run.step, *rows])
        paths = [
            pattern if is_literal(pattern) else f"{pattern.rstrip('*/')}/{run.step}.txt" for pattern in step.writes
        ]
        return {path: self._text(run.step, path, token, mark) for path in paths}

    def _text(self, step: str, path: str, token: str, mark: str) -> str:
        if not path.endswith(".yaml"):
            return f"{path} by {step}, {token} {mark}\n"
        worst = ["critical"] * (self.critical.get(step, 0) or ("fails" in mark))
        severities = worst + ["minor"] * self.found.get(step, 0)
        rows = "".join(f"- {{severity: {s}, message: no {n} of {token}}}\n" for n, s in enumerate(severities))
        return f"# {token} {mark}\nfindings:\n{rows}" if rows else f"# {token} {mark}\nfindings: []\n"

    def _judge(self, snapshot: Snapshot, action: Judge) -> Produced:
        """Take note of all that the step writes, or of what was edited; let the gate see all that it stands for."""
        view, files = View(snapshot), snapshot.files
        if action.anew:
            texts = {path: self.blobs[oid] for path, oid in action.anew.items()}
            checks, bound = self._gate(snapshot.pipeline, action.step, texts), self._bound(snapshot, action.step, texts)
            return Produced({}, checks, judged=bound)
        mine = [path for path in view.edits if view.last_writer(path) == action.step]
        judged = dict(view.matched(view.step(action.step).writes) if action.takes_over else {p: files[p] for p in mine})
        known = view.record(action.step)
        standing = {path: files[path] for path in (known.outputs if known else ()) if path in files}
        texts = {path: self.blobs[oid] for path, oid in {**standing, **judged}.items()}
        data = {stem(path): _data(text, path) for path, text in texts.items() if path.endswith(".yaml")}
        bound = self._bound(snapshot, action.step, texts)
        return Produced(judged, self._gate(snapshot.pipeline, action.step, texts), data=data, judged=bound)

    def _bound(self, snapshot: Snapshot, step: str, texts: Mapping[str, str]) -> Judged:
        definition = snapshot.pipeline.steps[step]
        seen = {**View(snapshot).matched((*definition.rests_on, *definition.writes)), **self.ids(texts)}
        return Judged(tree_id(seen), digest(step))

    def would_pass(self, step: str) -> bool:
        """Say whether the gate, asked now of what the step stands for, lets it pass, but for what persons waived."""
        texts = {path: self.blobs[oid] for path, oid in self.state.steps[step].outputs.items()}
        broken, self.broken_checks = self.broken_checks, 0
        checks = self._gate(_pipeline(self.files["pipeline.yaml"]), step, texts)
        self.broken_checks = broken
        ids = {path: blob_id(text) for path, text in texts.items()}
        return all(
            (step, finding.message, ids[finding.file or ""]) in self.waived
            for check in checks
            if check.verdict is not Verdict.PASS
            for finding in check.findings
        )

    def _gate(self, pipeline: Pipeline, step: str, texts: Mapping[str, str]) -> tuple[CheckResult, ...]:
        """A text passes unless it says that it fails; a `findings` check counts what reviewers call critical."""
        if self.broken_checks:
            self.broken_checks -= 1
            return (CheckResult("marks", Verdict.ERROR, (_finding("the check could not run"),)),)
        faults = tuple(
            _finding(text[text.index("[fails: ") + 8 :].split("]")[0], path)
            for path, text in sorted(texts.items())
            if "[fails: " in text and not path.endswith(".yaml")
        )
        faults += tuple(self._forbidden(pipeline, step, texts))
        results = [CheckResult("marks", Verdict.FAIL if faults else Verdict.PASS, faults)]
        broken = tuple(_finding("no review", path) for path, text in texts.items() if "[broken]" in text)
        if broken and any(check.name == "review_file" for check in pipeline.steps[step].gate):
            return (CheckResult("review_file", Verdict.ERROR, broken, is_malformed=True),)
        if any(check.name == "findings" for check in pipeline.steps[step].gate):
            worst = tuple(_finding(f"critical {n}", p) for p, t in texts.items() for n in range(t.count("critical")))
            results.append(CheckResult("findings", Verdict.FAIL if worst else Verdict.PASS, worst, is_verdict=True))
        return tuple(results)

    def _forbidden(self, pipeline: Pipeline, step: str, texts: Mapping[str, str]) -> Iterable[Finding]:
        """A list that only gates read, in its strictest version, forbids about every fourth text."""
        for path in pipeline.steps[step].gate_reads:
            if self.files.get(path) == "version 2\n":
                yield from (_finding("forbidden", p) for p, text in sorted(texts.items()) if blob_id(text)[0] in "0123")

    def _publish(self, action: Publish) -> Result | None:
        """sent · lost (it arrived, and we were killed, once) · cut (killed before, once) · refused · unclear."""
        out = self.outside[action.step]
        if action.receipt is not None:
            return Sent(action.receipt, "published before")
        effect = Effect(action.key, dict(action.payload), f"effect-{self.moment}")
        self._watch_publish(action)
        if self.publishing == "refused":
            return NotSent("the disk is full")
        if self.publishing in ("sent", "lost", "unclear"):
            out.arrived.append(action.key)
        if self.publishing == "sent":
            out.receipts.append(effect)
            return Sent(effect.commit, "sent")
        out.intent = effect
        if self.publishing == "unclear":
            return Unclear("no acknowledgement")
        self.publishing = "sent"
        return None

    def _look_up(self, action: Reconcile) -> Result:
        out = self.outside[action.step]
        if out.is_blind:
            return Unclear("it cannot be looked up")
        out.intent = None
        if action.effect.key not in out.arrived:
            return NotSent("it never arrived")
        out.receipts.append(action.effect)
        return Sent(action.effect.commit, "it had arrived")

    # --- what is written down ---------------------------------------------------------------------------------------

    def _commit(self, action: Action, result: Result, made: Entry) -> None:
        match action:
            case Run() if isinstance(result, Produced):
                self._commit_outputs(action, result, made)
            case Judge() if isinstance(result, Produced):
                self._append(made, self.files, self._judged(action, result))
            case Skip():
                account = replace(self.tip.account, read=self._having_read(action), wrote=self._left_of(action.step))
                self._append(made, self.files, account)
            case Settle():
                self.claim = None
                self._append(made, self.files)
            case Propose():
                self.reviews[action.step] = Review(made.state.seq, action.tree, self.files)
                self._append(made, self.files)
            case BringHome():
                self._bring_home(action, made)
            case Confirm():
                if not action.is_given:
                    self.approved.append((action.step, action.paths))
                self._append(made, self.files)
            case _:
                self._append(made, self.files)

    def _commit_outputs(self, run: Run, result: Produced, made: Entry) -> None:
        self._watch_run(run, result)
        account = self.tip.account
        texts = {path: self.blobs[oid] for path, oid in result.outputs.items()}
        left = self._left_of(run.step)
        wrote = {p: {**left.get(p, {}), run.step: (self.moment, oid)} for p, oid in result.outputs.items()}
        account = Account(
            read=self._having_read(run),
            wrote={**left, **wrote},
            hands={**account.hands, **dict.fromkeys(texts, (result.agent or "", self.moment))},
            reruns=account.reruns,
        )
        self._append(made, {**self.files, **texts}, account)

    def _judged(self, action: Judge, result: Produced) -> Account:
        """What a gate says anew of a step's work, since a file of the gate's own changed, makes nobody its writer."""
        account = self.tip.account
        known = self.state.steps.get(action.step)
        is_only_its_gate = known is not None and known.outcome is not Outcome.DUE
        if action.anew:
            return replace(account, read=self._having_read(action))
        if not action.takes_over:
            new = {path: oid for path, oid in result.outputs.items() if path not in account.wrote}
            taken = {path: {action.step: (self.moment, oid)} for path, oid in new.items()}
            return replace(account, wrote={**account.wrote, **taken})
        left = self._left_of(action.step)
        if is_only_its_gate:
            return replace(account, read=self._having_read(action))
        wrote = {p: {**left.get(p, {}), action.step: (self.moment, oid)} for p, oid in result.outputs.items()}
        return replace(account, read=self._having_read(action), wrote={**left, **wrote})

    def _left_of(self, step: str) -> dict[str, Mapping[str, tuple[int, str]]]:
        """What others wrote over a step's work, or deleted, is its no more once it begins again, or is skipped."""
        left = {}
        for path, told in self.tip.account.wrote.items():
            is_lost = step in told and (path not in self.files or told[step][0] < max(at for at, _ in told.values()))
            left[path] = {s: at for s, at in told.items() if s != step} if is_lost else told
        return left

    def _having_read(self, action: Run | Judge | Skip) -> Mapping[str, tuple[int, Files, Mapping[str, object]]]:
        params = self.snapshot().definitions[action.step].params
        return {**self.tip.account.read, action.step: (self.moment, action.inputs, params)}

    def _bring_home(self, action: BringHome, made: Entry) -> None:
        brought = action.brought
        files, hands = dict(self.files), {}
        for path, oid in brought.edits.items():
            if path in brought.conflicts:
                continue
            if oid is None:
                files.pop(path, None)
            else:
                files[path] = self.blobs[oid]
                hands[path] = action.by
        self._by_person(files, hands, taken=brought.commit)
        self.history[-1] = replace(self.tip, state=made.state, entry=made)

    def _append(self, made: Entry, files: Mapping[str, str], account: Account | None = None) -> None:
        if made.state.seq != self.state.seq + 1:
            self.breaches.append(f"Seq went from {self.state.seq} to {made.state.seq}")
        self.history.append(Tip(files, made.state, self.tip.taken, account or self.tip.account, made))

    # --- what is watched as it happens ------------------------------------------------------------------------------

    def _watch_run(self, run: Run, result: Produced) -> None:
        """No person's text is written over unread without their word."""
        for path in result.outputs:
            who, _ = self.tip.account.hands.get(path, ("", 0))
            now = blob_id(self.files.get(path, ""))
            is_spoken_of = now in (run.inputs.get(path), self.tip.account.reruns.get(run.step, {}).get(path))
            if "@" in who and path in self.files and not is_spoken_of:
                self.breaches.append(f"{run.step} wrote over {path}, which is {who}'s")

    def _watch_publish(self, action: Publish) -> None:
        """What goes out was approved as it is, by every approval that could speak of it; no effect is made twice."""
        view = View(self.snapshot())
        asking = [step for step in view.approve_steps() if step in view.before[action.step]]
        for path, oid in action.payload.items():
            approving = {step for step, content in self.approved if content.get(path) == oid}
            able = {
                s for s in asking if not set(view.writers(path)) or not set(view.writers(path)) <= set(view.after(s))
            }
            if asking and (not able <= approving or approving.isdisjoint(asking)):
                self.breaches.append(f"{action.step} published {path}, which {able - approving} never approved")
        if action.key in self.outside[action.step].arrived:
            self.breaches.append(f"{action.step} published {action.key[:8]} twice")

    def tree(self) -> str:
        return tree_id(self.ids(self.files))


def _finding(message: str, path: str | None = None, check: str = "marks") -> Finding:
    return Finding(severity=Severity.MAJOR, message=message, check=check, file=path)
