"""An acknowledged entry survives power loss: every object and every ref is synced before the ledger says done.

Needs strace: `make test-real`.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ENTRY = """\
import os, sys
from orchestrator.ledger import Ledger, Person, RefUpdate
ledger = Ledger.open(sys.argv[1], environ=dict(os.environ), clock=lambda: 1767225600)
base = ledger.base().commit
files = {"jobs/j/a.md": b"one\\n", "jobs/j/state.yaml": b"two\\n"}
new = ledger.commit_on(base, files, message="m", author=Person("a", "a@b"))
print(len(new.objects))
ledger.append("j", new, old=None)
ledger.close()
"""


@pytest.mark.real
def test_each_object_and_each_ref_of_an_entry_is_synced(folder: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=folder, check=True)
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "base"], cwd=folder, check=True)
    trace = tmp_path / "trace"
    argv = ["strace", "-f", "-y", "-e", "trace=fsync,fdatasync", "-o", str(trace), sys.executable, "-c", ENTRY, "."]
    environ = dict(os.environ)  # noqa: TID251  the hermetic one
    ran = subprocess.run(argv, cwd=folder, env=environ, capture_output=True, text=True, check=True)
    synced = re.findall(r"f(?:data)?sync\(\d+<([^>]+)>", trace.read_text())
    objects = [path for path in synced if "/objects/" in path]
    refs = [path for path in synced if "/refs/" in path]
    assert len(objects) == int(ran.stdout)
    assert sorted(path.split("/refs/")[1] for path in refs) == ["heads/job/j.lock", "orchestrator/tips/j.lock"]
