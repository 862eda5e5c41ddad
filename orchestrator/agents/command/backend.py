"""The command backend: a program does a step's work in a scratch checkout, and the observed diff is the result.

It runs nothing itself: a `run` that is handed in does. It never takes a program's word for its work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from orchestrator.agents.command.asking import Asked, CannotAsk
from orchestrator.agents.command.changes import Changes, Handed, observed
from orchestrator.agents.command.discretion import Discretion
from orchestrator.agents.command.ending import trouble
from orchestrator.agents.command.figures import usage
from orchestrator.agents.command.listening import Listener
from orchestrator.agents.command.output import Printed
from orchestrator.agents.command.profile import Complaint, Heard, Profile
from orchestrator.agents.command.profiles import DEFAULT, PROFILES
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault, Trouble, Usage
from orchestrator.model.names import shown
from orchestrator.model.nearness import did_you_mean
from orchestrator.model.outside import CannotRun, ScratchCall, ScratchEnd
from orchestrator.model.patterns import is_literal
from orchestrator.model.settings import Command

_LONGEST_SAID = 160
_NOTHING_SPENT = Usage()


@dataclass(frozen=True, slots=True)
class CommandBackend:
    """A program that the base's settings name, as the player of a role.

    `environ` looks up a variable of the user's environment. `clock`, where there is one, is Unix time: without it,
    `resets at 3pm` says nothing of how long to wait. `is_held`: `run_in_scratch` refuses to run outside a sandbox.
    """

    command_name: str
    command: Command
    run_in_scratch: Callable[[ScratchCall], ScratchEnd]
    environ: Callable[[str], str | None]
    clock: Callable[[], int] | None = None
    is_held: bool = False
    name: str = "command"

    def run(self, request: Request) -> Answer | Fault:
        """Return what the program changed of what the step writes, or why that is nothing to go on with."""
        said = self.command.profile or DEFAULT
        profile = PROFILES.get(said)
        if profile is None:
            known = did_you_mean(said, PROFILES, "profiles")
            place = f"commands.{self.command_name}.profile in orchestrator.yaml"
            message = f"{place} is {shown(said)}, and no such profile is known; {known}"
            return self._fault(request, Complaint(message, Trouble.DENIED))
        return self._asked(Asked(self.command_name, self.command, profile, request, self._passed(), self.is_held))

    def _passed(self) -> Mapping[str, str]:
        found = {name: self.environ(name) for name in self.command.env}
        return {name: value for name, value in found.items() if value is not None}

    def _asked(self, asked: Asked) -> Answer | Fault:
        discretion = Discretion(asked.passed)
        listener = Listener(asked.profile, asked.request.tell, discretion)
        try:
            _hold_to_one_file(asked)
            call = asked.call(listener.hear)
            end = self.run_in_scratch(call)
        except (CannotAsk, CannotRun) as exc:
            message = discretion.line(f"{exc}{_remedy(asked.profile, exc)}")
            return self._fault(asked.request, Complaint(message, Trouble.DENIED))
        return self._judged(_Run(asked, discretion, call, end, self.clock() if self.clock else None))

    def _judged(self, run: "_Run") -> Answer | Fault:
        heard, request = run.heard(), run.asked.request
        spent, transcript = usage(heard, run.asked), run.transcript()
        found = trouble(run.end, heard, run.asked, run.discretion, run.now)
        if found is not None:
            clause = Complaint(f"{self.command_name} {found.message}", found.trouble, found.retry_after)
            return self._fault(request, clause, spent, transcript)
        changes = run.changes()
        if not any(changes.files.values()) and not changes.refused and changes.unwritten:
            return self._fault(request, run.nothing(heard, changes), spent, transcript)
        stop = run.discretion.line(heard.stop, 40) or f"exit {run.end.status}"
        return Answer(changes.files, spent, stop, transcript, changes.refused)

    def _fault(
        self, request: Request, found: Complaint, spent: Usage = _NOTHING_SPENT, transcript: bytes = b""
    ) -> Fault:
        return Fault(
            found.message,
            found.is_transient,
            spent,
            request.agent.name,
            self.name,
            found.retry_after,
            trouble=found.trouble,
            transcript=transcript,
        )


@dataclass(frozen=True, slots=True)
class _Run:
    """A call and its end, and Unix time then."""

    asked: Asked
    discretion: Discretion
    call: ScratchCall
    end: ScratchEnd
    now: int | None

    def heard(self) -> Heard:
        return self.asked.profile.read(Printed(self.end.stdout, self.end.stderr, self.now))

    def changes(self) -> Changes:
        """What is on stdout is the file of a program whose answer that is, unless it wrote the file itself."""
        request, end = self.asked.request, self.end
        handed = Handed(request.files, request.writes, self.asked.profile.leaves)
        answered = observed(end, handed, self.discretion)
        written = end.stdout if end.written is None else end.written
        if not self.asked.profile.is_answer or answered.files or not written.strip():
            return answered
        said = replace(end, files={**end.files, request.writes[0]: written})
        return observed(said, handed, self.discretion)

    def nothing(self, heard: Heard, changes: Changes) -> Complaint:
        head = f"{self.asked.name} said it was done, and wrote nothing of {', '.join(changes.unwritten)}"
        said = self.discretion.line(heard.text, _LONGEST_SAID)
        return Complaint("; ".join(filter(None, (head, said and f"it said: {said}", self.asked.profile.advice))))

    def transcript(self) -> bytes:
        parts = ((b"told", self.call.stdin), (b"stdout", self.end.stdout), (b"stderr", self.end.stderr))
        return self.discretion.transcript(b"".join(b"--- %s\n%s\n" % part for part in parts if part[1]))


def _hold_to_one_file(asked: Asked) -> None:
    writes = asked.request.writes
    if asked.profile.is_answer and not (len(writes) == 1 and is_literal(writes[0])):
        raise CannotAsk(
            f"{asked.name} answers with the one file that a step writes, and {asked.request.step} writes"
            f" {', '.join(writes) or 'nothing'}; give it a program that writes files, with another profile"
        )


def _remedy(profile: Profile, exc: Exception) -> str:
    return f"; to install {profile.plays}: {profile.install}" if profile.install and "is no program" in str(exc) else ""
