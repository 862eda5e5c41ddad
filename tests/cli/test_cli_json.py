"""The documents that scripts rely on, in the shapes of DESIGN §14."""

import json
import re
from pathlib import Path
from typing import Any

from calling import FILES, call, finished, job, waiting, workspace, written

OID = re.compile(r"[0-9a-f]{40}")


def document(where: Path, *args: str) -> Any:
    said = call(where, *args, "--json")
    assert (said.code, said.err) == (0, "")
    return json.loads(said.out)


def test_status_is_an_array_with_and_without_a_job(folder: Path) -> None:
    waiting(folder)
    one, every = document(folder, "status", "j"), document(folder, "status")
    assert one == every
    (found,) = one
    assert {key: found[key] for key in ("id", "template", "status", "reason", "cost_usd", "branch")} == {
        "id": "j",
        "template": "note",
        "status": "waiting",
        "reason": "owner must approve review/j/approve",
        "cost_usd": 0,
        "branch": "job/j",
    }
    assert found["tip"] == "<id>"
    assert found["next"] == {
        "action": "await",
        "step": "approve",
        "attempt": None,
        "reason": "owner must approve review/j/approve",
        "command": "orchestrator approve j",
        "until": None,
        "stop": None,
    }
    keys = ("name", "outcome", "attempt", "model", "cost_usd", "stale", "artifacts")
    assert [tuple(step[key] for key in keys) for step in found["steps"]] == [
        ("write", "passed", 0, None, 0, False, {"text.md": "<id>"}),
        ("approve", "waiting", 1, None, 0, False, {}),
        ("publish", None, 0, None, 0, False, {}),
    ]


def test_next_is_the_next_object_of_status(folder: Path) -> None:
    job(folder)
    assert document(folder, "next", "j") == document(folder, "status", "j")[0]["next"]


def test_log_is_an_array_oldest_first(folder: Path) -> None:
    finished(folder)
    found = document(folder, "log", "j")
    assert [(each["seq"], each["step"], each["outcome"], each["actor"]) for each in found] == [
        (1, None, "created", "ada@example.com"),
        (None, None, None, "ada@example.com"),
        (2, "write", "passed", None),
        (3, "approve", "waiting", None),
        (4, "approve", "approved", "ada@example.com"),
        (5, "publish", "published", None),
    ]
    asked = "entry seq step attempt outcome agent backend model tokens_in tokens_out cost_usd duration_ms actor subject"
    assert set(asked.split()) <= found[0].keys()
    assert found[1]["subject"] == "j: edit text.md"
    assert found[-1]["receipt"] == "<id>"


def test_cost_is_a_total_and_rows(folder: Path) -> None:
    finished(folder)
    assert document(folder, "cost") == {
        "total_usd": 0,
        "by": [],
        "unknown": 0,
        "unknown_usd": 0,
        "saved_usd": None,
        "against": None,
        "compared": 0,
    }


def test_lint_doctor_and_schema_are_documents(folder: Path) -> None:
    workspace(folder)
    assert document(folder, "lint") == []
    (folder / "orchestrator.yaml").write_text(FILES["orchestrator.yaml"].replace("models", "modles"))
    said = call(folder, "lint", "--json")
    assert said.code == 1
    assert json.loads(said.out)[0] == {
        "path": "orchestrator.yaml",
        "line": 2,
        "column": 1,
        "severity": "error",
        "message": "modles: unknown key",
        "hint": 'did you mean "models"?',
    }
    assert {remark["level"] for remark in document(folder, "doctor")} <= {"info", "warning"}
    assert document(folder, "schema", "pipeline")["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert list(document(folder, "schema")) == [
        "settings",
        "pipeline",
        "job",
        "agent",
        "review",
        "rubric",
        "gate",
        "state",
    ]


def test_show_and_diff_are_documents(folder: Path) -> None:
    waiting(folder)
    assert document(folder, "show", "j", "text.md") == {
        "path": "text.md",
        "id": "<id>",
        "bytes": 10,
        "text": "two words\n",
    }
    assert document(folder, "show", "j", "write")["step"]["checks"] == {"words": "pass"}
    (change,) = document(folder, "diff", "j", "1..2")
    assert change == {
        "path": "jobs/j/text.md",
        "before": None,
        "after": "<id>",
        "bytes_before": 0,
        "bytes_after": 10,
        "added": 1,
        "removed": 0,
        "diff": "--- /dev/null\n+++ b/jobs/j/text.md\n@@ -0,0 +1 @@\n+two words\n",
    }


def test_what_moves_a_job_answers_with_its_status(folder: Path) -> None:
    job(folder)
    said = call(folder, "run", "j", "--json")
    assert (said.code, said.err) == (3, "")
    assert json.loads(said.out) == document(folder, "status", "j")
    assert document(folder, "cancel", "j")[0]["status"] == "cancelled"
    assert document(folder, "restore", "j")[0]["status"] == "waiting"


def test_with_json_nothing_but_an_error_stands_on_stderr(folder: Path) -> None:
    job(folder)
    written(folder)
    said = call(folder, "run", "j", "--json")
    assert (said.code, said.err, json.loads(said.out)[0]["status"]) == (3, "", "waiting")
