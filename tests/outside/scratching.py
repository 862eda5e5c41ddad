"""What the tests of the sandbox share: the sandboxes by name, and scripts run in them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace

from orchestrator.model.outside import ScratchCall, ScratchEnd
from orchestrator.outside.limits import Limits
from orchestrator.outside.scratch import BUBBLEWRAP, LANDLOCK, NONE, Sandbox, landlock_alone, run_in_scratch, sandboxes

PATH = os.defpath
PYTHON = (sys.executable, "-I", "-S", "-c")
ALONE = "landlock without namespaces"
HELD = (BUBBLEWRAP, LANDLOCK)
EVERY = (BUBBLEWRAP, LANDLOCK, NONE)
QUICK = Limits(grace=0.1)


def sandbox(name: str) -> Sandbox | None:
    """Return the sandbox of a name as it works here; None for none. Fails the test where it does not work."""
    if name == NONE:
        return None
    if name == ALONE:
        return landlock_alone()
    found = {each.kind: each for each in sandboxes(PATH)}
    assert name in found, f"{name} does not work here: install bubblewrap, and let users make namespaces"
    return found[name]


def ran(name: str, call: ScratchCall, limits: Limits = QUICK) -> ScratchEnd:
    chosen = sandbox(name)
    return run_in_scratch(call, PATH, limits, required=False, among=(chosen,) if chosen else ())


def shell(name: str, script: str, files: Mapping[str, bytes] | None = None, limits: Limits = QUICK) -> ScratchEnd:
    return ran(name, ScratchCall(("sh", "-c", script), files or {}), limits)


def python(name: str, script: str, call: ScratchCall | None = None, limits: Limits = QUICK) -> ScratchEnd:
    return ran(name, replace(call or ScratchCall((), {}, timeout=20), argv=(*PYTHON, script)), limits)
