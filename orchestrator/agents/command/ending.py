"""How a program ended, as a complaint or as none. Its word on its own failure counts; on its success, it does not."""

import re
from collections.abc import Mapping

from orchestrator.agents.command import resets
from orchestrator.agents.command.asking import Asked
from orchestrator.agents.command.complaints import complaint
from orchestrator.agents.command.discretion import LONGEST_TOLD, Discretion, last_words
from orchestrator.agents.command.profile import Complaint, Heard
from orchestrator.model.action import Trouble
from orchestrator.model.outside import ScratchEnd

_KILLED = Complaint("was killed, perhaps out of memory", Trouble.OUTAGE)
_TERMINATED = Complaint("was terminated", Trouble.OUTAGE)
# As a shell tells a signal: 128 and its number.
_BY_STATUS: Mapping[int, Complaint] = {137: _KILLED, 143: _TERMINATED}
_BY_SCRIPTS: Mapping[int, Trouble] = {69: Trouble.OUTAGE, 75: Trouble.BUSY, 77: Trouble.DENIED}
"""EX_UNAVAILABLE, EX_TEMPFAIL and EX_NOPERM of sysexits(3): the words that a script has for these troubles."""
_STUCK = re.compile(r"took more than \S+ s|wrote nothing for .*")


def trouble(end: ScratchEnd, heard: Heard, asked: Asked, discretion: Discretion, now: int | None) -> Complaint | None:
    """Return why the program did not do its work, as a clause to stand after its name; None where it may have."""
    if end.why is not None or end.status is None:
        return _ended(end.why or "did not end by itself")
    if end.status in _BY_STATUS:
        return _BY_STATUS[end.status]
    if heard.complaint is not None:
        return _says(heard.complaint, discretion)
    if end.status != 0:
        return _failed(end, end.status, asked, discretion, now)
    return Complaint("broke off: its output has no end") if heard.is_cut else None


def _ended(why: str) -> Complaint:
    if "SIGKILL" in why:
        return _KILLED
    if "SIGTERM" in why:
        return _TERMINATED
    clause = f"was {why}" if why.startswith("killed") else why
    return Complaint(clause, Trouble.OUTAGE if _STUCK.fullmatch(why) else Trouble.WORK)


def _says(found: Complaint, discretion: Discretion) -> Complaint:
    said = discretion.line(found.message)
    message = said if said.startswith("stopped at") else f"could not do it: {said}"
    return Complaint(message, found.trouble, found.retry_after)


def _failed(end: ScratchEnd, status: int, asked: Asked, discretion: Discretion, now: int | None) -> Complaint:
    said = last_words(end.stderr, end.stdout)
    head = f"ended with exit code {status}"
    tail = discretion.line(said, LONGEST_TOLD)
    message = f"{head}: {tail}" if tail else head
    heard = said[-20 * LONGEST_TOLD :]
    if not asked.profile.is_offline:
        found = complaint(heard, now)
        return Complaint(message, found.trouble, found.retry_after)
    kind = _BY_SCRIPTS.get(status, Trouble.WORK)
    return Complaint(message, kind, resets.wait(heard, now) if kind is Trouble.BUSY else None)
