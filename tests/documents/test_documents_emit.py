import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from orchestrator.documents.emit import emit_state, emit_yaml
from orchestrator.documents.models import parse
from orchestrator.documents.yaml import load
from orchestrator.model.finding import Finding, Severity, Verdict
from orchestrator.model.state import Approval, Asked, How, Outcome, Question, Seen, State, Status, StepRecord

ID = "0123456789abcdef0123456789abcdef01234567"


def test_a_new_jobs_state_is_three_lines() -> None:
    assert emit_state(State()) == b"schema: 1\nseq: 0\nstatus: ready\n"


def test_the_state_is_written_in_one_form() -> None:
    state = State(
        seq=4,
        status=Status.WAITING,
        waiting_for="approve",
        spend_usd=0.25,
        seen={"listing.md": Seen(id=ID, by="writer"), "a b.md": Seen(id="1" * 40, by="ada@example.com")},
        approvals=(
            Approval(step="approve", seq=3, tree=ID, by="ada@example.com", how=How.LOCAL, paths={"b": ID, "a": ID}),
        ),
        steps={
            "research": StepRecord(
                outcome=Outcome.PASSED,
                attempt=1,
                ran=1,
                wrote=2,
                inputs={"sources/z.md": ID, "brief.md": "12e4" + "0" * 36},
                outputs={"research.md": ID},
                checks={"words": Verdict.PASS, "sections": Verdict.FAIL},
                findings=(Finding(severity=Severity.MAJOR, message='no: "Audience"\x1b[0m\u2028', line=3),),
                signatures=("a", "b"),
            ),
            "approve": StepRecord(outcome=Outcome.WAITING, question=Question(seq=3, tree=ID)),
        },
    )
    expected = f"""schema: 1
seq: 4
status: waiting
waiting_for: approve
spend_usd: 0.25
seen:
  a b.md:
    id: "{"1" * 40}"
    by: ada@example.com
  listing.md:
    id: {ID}
    by: writer
approvals:
  - step: approve
    seq: 3
    tree: {ID}
    by: ada@example.com
    how: local
    paths:
      a: {ID}
      b: {ID}
steps:
  research:
    outcome: passed
    attempt: 1
    ran: 1
    wrote: 2
    inputs:
      brief.md: "12e4{"0" * 36}"
      sources/z.md: {ID}
    outputs:
      research.md: {ID}
    checks:
      words: pass
      sections: fail
    findings:
      - severity: major
        message: "no: \\"Audience\\"\\u001b[0m\\u2028"
        line: 3
    signatures:
      - a
      - b
  approve:
    outcome: waiting
    question:
      seq: 3
      tree: {ID}
"""
    assert emit_state(state).decode() == expected
    assert parse(emit_state(state), "state.yaml", State) == state


def test_one_steps_change_is_a_few_lines() -> None:
    records = {f"step-{n}": StepRecord(outcome=Outcome.PASSED, attempt=1, outputs={f"{n}.md": ID}) for n in range(8)}
    later = {**records, "step-3": records["step-3"].model_copy(update={"attempt": 2, "outputs": {"3.md": "f" * 40}})}
    before, after = (emit_state(State(seq=seq, steps=steps)).splitlines() for seq, steps in ((1, records), (2, later)))
    assert [line for line in after if line not in before] == [b"seq: 2", b"    attempt: 2", b"      3.md: " + b"f" * 40]


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "~",
            "null",
            "Yes",
            "no",
            "OFF",
            "y",
            "1",
            "1.10",
            "1e3",
            ".5",
            "0x1f",
            "0o7",
            "0b1",
            "1_000",
            "12:30:45",
        ],
        *["2024-01-01", "-", "- a", "? a", ": a", "a: b", "a:", "a #b", "#a", "[a", "{a", "*a", "&a", "!a", "%a", "@a"],
        *[
            "`a",
            "'a",
            '"a',
            "|",
            ">",
            "=",
            "<<",
            "...",
            "---",
            " a",
            "a ",
            "a\nb",
            "\t",
            "é",
            "\u202e",
            "a, b",
            "\ufeff",
        ],
    ],
)
def test_a_text_that_might_be_read_otherwise_stands_in_quotes(text: str) -> None:
    assert emit_yaml([text]).startswith(b'- "')
    assert load(emit_yaml({text: [text]}), "p") == {text: [text]}


@pytest.mark.parametrize(
    "text", ["a", "brief.md", "/src/x.py", "ada@example.com", "a b", "github:ada", ID, "a.b/c-d_e"]
)
def test_a_plain_text_stands_as_it_is(text: str) -> None:
    assert emit_yaml({"a": text}).decode() == f"a: {text}\n"


def test_controls_and_direction_marks_never_reach_the_file() -> None:
    written = emit_yaml({"a": "\x1b]52;c;x\x07\u202eevil\u2028\x85\x7f\ud800"}).decode()
    assert written == 'a: "\\u001b]52;c;x\\u0007\\u202eevil\\u2028\\u0085\\u007f?"\n'


def test_empty_and_nested_collections_are_written_in_block_style() -> None:
    value = {"a": {}, "b": [], "c": [[1, [2]], {"d": [{"e": None}]}, {}]}
    written = emit_yaml(value)
    assert written == b"a: {}\nb: []\nc:\n  - - 1\n    - - 2\n  - d:\n      - e: null\n  - {}\n"
    assert load(written, "p") == value


def test_a_path_longer_than_a_simple_key_may_be_is_read_back() -> None:
    state = State(proposed={"x" * 4_000: ID})
    assert parse(emit_state(state), "state.yaml", State) == state


@pytest.mark.parametrize("value", [object(), float("nan"), float("inf"), b"x", {"a": {1, 2}}])
def test_what_has_no_place_in_a_document_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="has no place in a document"):
        emit_yaml(value)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_what_is_written_reads_as_it_was(value: object) -> None:
    assert load(emit_yaml(value), "p") == value


LOOKS_LIKE = (
    *(".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", "2024-01-01T00:00:00Z", "2024-01-01t00:00:00.5+01:00"),
    *("2024-1-1 0:00:00", "2024-01-01 00:00:00 -5", "2001-12-14  21:59:43.10 Z", "190:20:30.15", "0b1_0", "NULL", "On"),
)
SHAPES = st.sampled_from(LOOKS_LIKE) | st.from_regex(
    r"[-+]?[0-9._]{0,6}(?:[eExXoOb:TtZ .+-][0-9a-fA-F_.:]{0,6}){0,4}|"
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]| {1,2})[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{0,3})?"
    r"(?: {0,2}(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?|[.]?(?i:inf|nan|null|true|yes|off|y)|~|=|<<",
    fullmatch=True,
)


@pytest.mark.parametrize("text", LOOKS_LIKE)
def test_a_text_that_looks_like_a_number_or_a_time_stands_in_quotes(text: str) -> None:
    assert emit_yaml([text]) == f'- "{text}"\n'.encode()


def read_by_others(written: bytes, version: tuple[int, int]) -> object:
    reader = YAML(typ="safe", pure=True)
    reader.version = version
    return reader.load(written)


@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
@settings(max_examples=100, deadline=None)
@given(text=SHAPES | TEXT)
def test_a_text_is_a_text_to_readers_of_yaml_1_1_and_1_2(version: tuple[int, int], text: str) -> None:
    assert read_by_others(emit_yaml({text: [text]}), version) == {text: [text]}


IDS = st.text("0123456789abcdef", min_size=40, max_size=40)
PATHS = st.dictionaries(TEXT, IDS, max_size=4)
RECORDS = st.builds(
    StepRecord,
    outcome=st.sampled_from(Outcome),
    attempt=st.integers(0, 9),
    asked=st.none() | st.sampled_from(Asked),
    inputs=PATHS,
    outputs=PATHS,
    by=st.none() | TEXT,
    checks=st.dictionaries(TEXT, st.sampled_from(Verdict), max_size=3),
    findings=st.lists(
        st.builds(Finding, severity=st.sampled_from(Severity), message=TEXT.filter(bool), line=st.none() | st.just(3)),
        max_size=3,
    ).map(tuple),
    question=st.none() | st.builds(Question, seq=st.integers(0, 9), tree=TEXT),
    wake_at=st.none() | st.integers(0, 2**40),
)
STATES = st.builds(
    State,
    seq=st.integers(0, 10**6),
    status=st.sampled_from(Status),
    waiting_for=st.none() | TEXT,
    spend_usd=st.floats(0, 1e6),
    seen=st.dictionaries(TEXT, st.builds(Seen, id=IDS, by=TEXT), max_size=3),
    proposed=PATHS,
    steps=st.dictionaries(TEXT, RECORDS, max_size=3),
)


@settings(max_examples=150, deadline=None)
@given(STATES)
def test_every_state_reads_as_it_was_written(state: State) -> None:
    found = parse(emit_state(state), "state.yaml", State)
    assert found == state
    assert list(found.steps) == list(state.steps)
    assert emit_state(found) == emit_state(state)
