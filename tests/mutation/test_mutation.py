"""The harness itself: what it changes, and that it tells the mutants that tests see from those that they do not."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from mutation_judging import Judged
from mutation_report import is_enough, lines, page, score, summary
from mutation_sites import Mutation, mutated, mutations
from mutation_targets import CHECKS, Target, chosen, targets

MUTANTS = Path(__file__).parent / "mutants.py"

TOY = """\
def is_large(size, most=10):
    return size > most


def is_odd(size):
    return size % 2 == 1 and not size == 7
"""
TOY_TESTS = """\
from toy import is_large, is_odd


def test_large():
    assert is_large(12)
    assert not is_large(9)


def test_odd():
    assert is_odd(3)
    assert not is_odd(2)
    assert not is_odd(7)
"""


def told(source: str) -> list[str]:
    return [f"{each.line}: {each}" for each in mutations(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a < b", ["a < b → a <= b", "a < b → a >= b"]),
        ("a <= b", ["a <= b → a < b", "a <= b → a > b"]),
        ("a > b", ["a > b → a >= b", "a > b → a <= b"]),
        ("a >= b", ["a >= b → a > b", "a >= b → a < b"]),
        ("a == b", ["a == b → a != b"]),
        ("a != b", ["a != b → a == b"]),
        ("a in b", ["a in b → a not in b"]),
        ("a not in b", ["a not in b → a in b"]),
        ("a is b", ["a is b → a is not b"]),
        ("a is not b", ["a is not b → a is b"]),
        ("not a", ["not a → a"]),
        ("a and b", ["a and b → a or b"]),
        ("a or b or c", ["a or b or c → a and (b or c)", "a or b or c → (a or b) and c"]),
        ("-a + b", []),
        ("a == b in c", ["a == b in c → a != b in c", "a == b in c → a == b not in c"]),
    ],
)
def test_each_sign_is_changed_into_those_beside_it(source: str, expected: list[str]) -> None:
    assert told(source) == [f"1: {each}" for each in expected]


def test_mutations_come_by_line_and_change_one_place_each() -> None:
    assert told(TOY) == [
        "2: size > most → size >= most",
        "2: size > most → size <= most",
        "6: size % 2 == 1 and (not size == 7) → size % 2 == 1 or not size == 7",
        "6: size % 2 == 1 → size % 2 != 1",
        "6: not size == 7 → size == 7",
        "6: size == 7 → size != 7",
    ]
    changed = [ast.unparse(mutated(TOY, each)) for each in mutations(TOY)]
    assert changed[0] == ast.unparse(ast.parse(TOY.replace("size > most", "size >= most")))
    assert changed[4] == ast.unparse(ast.parse(TOY.replace("not size", "size")))
    assert len({ast.unparse(ast.parse(TOY)), *changed}) == 7


def test_a_mutated_source_keeps_its_lines() -> None:
    tree = mutated(TOY, mutations(TOY)[-1])
    assert [node.lineno for node in tree.body if isinstance(node, ast.FunctionDef)] == [1, 5]


def test_every_check_is_mutated_and_so_is_what_stands_beside_them() -> None:
    names = [target.name for target in targets()]
    assert set(names) == {path.stem for path in CHECKS.glob("[a-z]*.py")} | {"judging", "reading", "reviewing", "rules"}
    assert [target.name for target in chosen(["words", "lines"])] == ["words", "lines"]
    with pytest.raises(ValueError, match="there is no 'wrods' to mutate; there are callable, changed"):
        chosen(["wrods"])


# --- whole runs, of a module that is nobody's ------------------------------------------------------------------------


def run(folder: Path, source: str, tests: str, *options: str) -> tuple[int, list[str], str]:
    (folder / "toy.py").write_text(source)
    (folder / "test_toy.py").write_text(tests)
    argv = [sys.executable, str(MUTANTS), "--module", "toy.py", "--tests", "test_toy.py", *options]
    ended = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return ended.returncode, ended.stdout.splitlines(), ended.stderr


def test_a_mutant_that_no_test_sees_is_told_from_those_that_are_seen(tmp_path: Path) -> None:
    assert run(tmp_path, TOY, TOY_TESTS) == (
        1,
        [
            "toy                   6 mutants    5 seen   1 survived  83.3 %",
            "    toy.py:2: size > most → size >= most",
            "5 of 6 mutants seen: 83.3 %; the goal of 90 % is NOT reached",
        ],
        "",
    )


def test_a_test_at_the_boundary_sees_the_mutant_there(tmp_path: Path) -> None:
    tests = TOY_TESTS.replace("is_large(9)", "is_large(10)")
    (code, printed, said) = run(tmp_path, TOY, tests)
    assert (code, printed[-1], said) == (0, "6 of 6 mutants seen: 100.0 %; the goal of 90 % is reached", "")


def test_a_mutant_without_end_is_ended_and_told_apart(tmp_path: Path) -> None:
    source = "def drain(done):\n    while not done:\n        pass\n"
    tests = "from toy import drain\n\n\ndef test_drain():\n    drain([1])\n"
    assert run(tmp_path, source, tests, "--limit", "1") == (
        0,
        [
            "toy                   1 mutants    1 seen   0 survived 100.0 %  1 hung",
            "1 of 1 mutants seen: 100.0 %; the goal of 90 % is reached",
        ],
        "",
    )


def test_tests_that_are_red_without_a_mutation_show_nothing(tmp_path: Path) -> None:
    tests = TOY_TESTS.replace("assert is_odd(3)", "assert is_odd(4)")
    (code, printed, said) = run(tmp_path, TOY, tests)
    assert (code, said) == (1, "")
    reason = "its tests are red without a mutation: FAILED test_toy.py::test_odd - assert"
    assert printed[0].startswith(f"toy                not judged: {reason}")


def test_tests_that_are_none_are_a_fault_of_the_harness(tmp_path: Path) -> None:
    (code, printed, said) = run(tmp_path, TOY, "")
    assert (code, printed) == (2, [])
    assert said.startswith("no mutant was judged: pytest ended with 5 ")


# --- the report ------------------------------------------------------------------------------------------------------

TARGET = Target("toy", "toy", CHECKS / "toy.py", ())
SURVIVOR = Mutation(7, "a < b", "a <= b", 0, 0)


def test_the_goal_is_reached_at_ninety_and_not_just_below() -> None:
    other = Judged(TARGET)
    assert score([other]) is None
    assert is_enough([Judged(TARGET, mutants=10, survivors=(SURVIVOR,)), other])
    assert not is_enough([Judged(TARGET, mutants=9, survivors=(SURVIVOR,)), other])
    assert not is_enough([Judged(TARGET, mutants=10), Judged(TARGET, fault="no tests")])
    assert summary([Judged(TARGET, mutants=2_001, survivors=(SURVIVOR,))]).startswith(
        "2000 of 2001 mutants seen: 99.9 %"
    )


def test_a_survivor_is_told_with_its_place_and_why_none_can_see_it() -> None:
    judged = Judged(TARGET, mutants=10, hung=2, survivors=(SURVIVOR,))
    why = {"a < b → a <= b": "they never meet", "x → y": "gone"}
    assert list(lines(judged, why)) == [
        "toy                  10 mutants    9 seen   1 survived  90.0 %  2 hung",
        "    orchestrator/gates/checks/toy.py:7: a < b → a <= b   (they never meet)",
        "    called equivalent, and seen or gone: x → y",
    ]
    written = page([judged, Judged(TARGET, fault="no tests")], {"toy": why})
    assert "\n| `toy` | 10 | 9 | 2 | 1 | 90.0 % |\n| `toy` | not judged | | | | |\n" in written
    assert written.endswith("\n- `orchestrator/gates/checks/toy.py`, line 7: `a < b` as `a <= b`\n  they never meet.\n")
