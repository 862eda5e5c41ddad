"""What the processes of a machine know of a provider's calls: one holds them at a time, a dead one has no seat."""

import subprocess
import sys
from pathlib import Path

from orchestrator.ledger.limits import MachineLimits

TAKES_A_SEAT = """
import sys
from pathlib import Path
from orchestrator.ledger.limits import MachineLimits
seat = MachineLimits(Path(sys.argv[1])).seat("p", 2)
print(seat is not None, flush=True)
sys.stdin.read()
"""


def test_what_is_changed_in_the_calls_is_kept_and_each_provider_has_its_own(tmp_path: Path) -> None:
    limits = MachineLimits(tmp_path)
    for provider, calls in (("p", [(1, 2), (3, 4)]), ("../q\x00", [(5, 6)])):
        with limits.calls(provider) as held:
            assert held == []
            held += calls
    with MachineLimits(tmp_path).calls("p") as held:
        assert held == [(1, 2), (3, 4)]
        del held[0]
    with limits.calls("p") as again, limits.calls("../q\x00") as other:
        assert (again, other) == ([(3, 4)], [(5, 6)])
    assert [path.parent for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / "orchestrator/limits"] * 2


def test_what_is_no_call_in_the_file_is_passed_over(tmp_path: Path) -> None:
    limits = MachineLimits(tmp_path)
    with limits.calls("p") as held:
        held.append((1, 2))
    (file,) = (tmp_path / "orchestrator/limits").iterdir()
    file.write_bytes(b"1 2\n-3 4\nsix\n\xff\n5\n" + b"9" * 40 + b" 1\n7 8\n")
    with limits.calls("p") as held:
        assert held == [(1, 2), (7, 8)]


def test_a_seat_goes_with_the_process_that_has_it(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", TAKES_A_SEAT, str(tmp_path)]
    limits = MachineLimits(tmp_path)
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"True\n"
        mine = limits.seat("p", 2)
        assert mine is not None
        assert limits.seat("p", 2) is None
        other.kill()
    theirs = limits.seat("p", 2)
    assert theirs is not None
    assert limits.seat("p", 2) is None
    mine.leave()
    assert limits.seat("p", 2) is not None
