"""`log` tells the time of a step where there is one to tell."""

from typing import cast

from orchestrator.cli.log import log_lines
from orchestrator.engine.entries import EntryDocument


def shown(milliseconds: int) -> str:
    said = {
        **dict.fromkeys(EntryDocument.__annotations__),
        "entry": "c" * 40,
        "seq": 1,
        "step": "draft",
        "attempt": 1,
        "outcome": "passed",
        "agent": "writer",
        "duration_ms": milliseconds,
        "cost_usd": 0.0,
        "subject": "",
    }
    entry = cast(EntryDocument, said)
    return log_lines([entry])[0]


def test_a_step_too_quick_to_be_told_has_no_time_however_quick_it_was() -> None:
    assert shown(0) == shown(1) == shown(49)
    assert "0.0 s" not in shown(0)
    assert "0.1 s" in shown(50)
