"""The rules for names: job ids, step names, artifact paths, people. Pure text."""

import re

JOB_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
STEP_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
TARGET_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
TRAILER_VALUE = re.compile(r"[A-Za-z0-9._:/@+=,-]{1,200}")

JOB_ID_RULE = "lower-case letters, digits and '-', at most 63, beginning with a letter or digit"
STEP_NAME_RULE = "lower-case letters, digits and '-', at most 40, beginning with a letter"

_PLAIN_PATH_RULE = "must be a plain relative path, with no empty part, '.' or '..'"

ORCHESTRATOR = "orchestrator"
AGENT_DOMAIN = "agents.invalid"

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)
RESERVED_JOB_IDS = frozenset({"templates", *_DEVICES})


class Unfit(ValueError):
    """A value that a rule for a document refuses; `hint` says what would do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def job_id_fault(text: str) -> str | None:
    """Return why `text` is no job id, or None when it is one."""
    if text in RESERVED_JOB_IDS:
        return f"{text!r} is a reserved name"
    if not JOB_ID.fullmatch(text):
        return f"{shown(text)} is no job id: {JOB_ID_RULE}"
    return None


def step_name_fault(text: str) -> str | None:
    """Return why `text` is no step name, or None when it is one."""
    return None if STEP_NAME.fullmatch(text) else f"{shown(text)} is no step name: {STEP_NAME_RULE}"


def target_fault(text: str) -> str | None:
    """Return why `text` may not name a publisher, or None: it becomes a part of ref names."""
    if TARGET_NAME.fullmatch(text) and ".." not in text and not text.endswith((".", ".lock")):
        return None
    return f"{shown(text)} is no publisher's name: letters, digits, '-', '_' and '.', at most 100"


def path_fault(text: str) -> str | None:
    """Return why `text` may not be the path of an artifact, or None. `/` separates; a leading `/` is the workspace."""
    body = text[1:] if text.startswith("/") else text
    parts = body.split("/")
    if not body or "" in parts or "." in parts or ".." in parts:
        return _PLAIN_PATH_RULE
    if re.search(r"[\x00-\x1f\x7f\\:]", text):
        return "must have no control character, backslash or colon"
    if any(part.split(".")[0].casefold() in _DEVICES for part in parts):
        return "has a part that some systems take for a device"
    if any(part != part.rstrip(" .") for part in parts):
        return "has a part that ends in a space or a dot, which some systems drop"
    return None


def path_hint(fault: str) -> str:
    """Return what to do about a fault of a path in a document."""
    if fault == _PLAIN_PATH_RULE:
        return "a path is seen from the job's folder, and with a leading / from the workspace's top"
    return "choose another name for the file"


def is_person(who: str) -> bool:
    """Say whether a `by` names a person: people are e-mail addresses, or `forge:login`; agents are role names."""
    return "@" in who or ":" in who


def person_id(email: str) -> str:
    """Return the e-mail address as the id by which state and trailers name a person."""
    kept = re.sub(r"[^A-Za-z0-9._:/@+=,-]", "", email)[:180] or "unknown"
    return kept if is_person(kept) else f"{kept}@localhost"


def shown(text: str) -> str:
    """Return `text` quoted for a message, cut at 60 characters, control characters escaped."""
    cut = text if len(text) <= 60 else text[:57] + "..."
    return repr(cut)
