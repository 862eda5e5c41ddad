"""Every command, by section: where it is and what it does, in one line. Plain values: the help needs nothing else."""

from collections.abc import Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """A command: the module of cli/ in which it stands as `<name>_command`, and its line in the help."""

    module: str
    line: str


SECTIONS: Mapping[str, Mapping[str, Listed]] = {
    "start": {
        "init": Listed("init", "make a workspace: settings, agents, prompts, a template"),
        "new": Listed("new", "make a job from a template"),
        "add": Listed("add", "add files to a job's sources"),
        "demo": Listed("demo", "make a workspace and run a whole job in it, offline"),
    },
    "move": {
        "run": Listed("run", "advance jobs until they rest"),
        "advance": Listed("run", "take a job's one next action"),
        "retry": Listed("word", "try a step again that has stopped"),
        "rerun": Listed("word", "do a step anew, and what depends on it"),
        "keep": Listed("word", "let a person's files stand as a step's work"),
        "cancel": Listed("word", "end a job; restore brings it back"),
    },
    "look": {
        "status": Listed("status", "where jobs stand, and what is next"),
        "next": Listed("status", "a job's next action, and why"),
        "show": Listed("show", "a job, a step of it, or a file"),
        "log": Listed("log", "a job's entries"),
        "diff": Listed("diff", "what an entry changed"),
        "cost": Listed("cost", "what was spent, by step, agent, model, job or day"),
        "route": Listed("route", "which model would play a step, and why no other"),
        "prompt": Listed("prompt", "what a step's agent would be told; nothing is sent"),
        "graph": Listed("graph", "a pipeline as a picture"),
    },
    "decide": {
        "approve": Listed("approve", "approve what waits for a person"),
        "reject": Listed("word", "say no to what waits, and why"),
        "reopen": Listed("word", "ask again about what was rejected"),
        "waive": Listed("word", "say that a finding is no reason to fail"),
        "edit": Listed("edit", "edit a job's file and commit it as yourself"),
    },
    "go back": {
        "rewind": Listed("back", "move a job back to an earlier entry"),
        "fork": Listed("back", "begin a new job from an entry of another"),
        "restore": Listed("back", "bring a cancelled job back"),
    },
    "prove": {
        "verify": Listed("verify", "prove that every entry of a job follows from its parent"),
        "check": Listed("check", "run a gate on files, outside any job"),
        "lint": Listed("lint", "find every mistake in the workspace's files"),
    },
    "keep house": {
        "checkout": Listed("checkout", "make a worktree of a job's branch"),
        "import": Listed("import_", "take in other tools' agents, or a CrewAI crew"),
        "doctor": Listed("doctor", "say what may cause trouble here"),
        "schema": Listed("schema", "print the JSON Schema of a kind of file"),
    },
}

COMMANDS: Mapping[str, Listed] = {name: listed for section in SECTIONS.values() for name, listed in section.items()}
