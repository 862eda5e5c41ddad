"""Gates: checks on files, each a small file of its own behind one interface. They see files, and nothing else.

Nothing here knows git, the clock or the network, and no check changes what it judges.
"""

from orchestrator.gates.interface import CannotRun, Check, CheckSettings, Malformed, Material, NothingOutside, Outside
from orchestrator.gates.judging import failed_verdict, judge
from orchestrator.gates.registry import find, names
from orchestrator.gates.schemas import faults, paths_named, schema, settings_faults

__all__ = [
    "CannotRun",
    "Check",
    "CheckSettings",
    "Malformed",
    "Material",
    "NothingOutside",
    "Outside",
    "failed_verdict",
    "faults",
    "find",
    "judge",
    "names",
    "paths_named",
    "schema",
    "settings_faults",
]
