import pytest
from pydantic import BaseModel

from orchestrator.documents.models import parse, read
from orchestrator.documents.pipelines import parse_pipeline
from orchestrator.errors import DocumentError
from orchestrator.model.finding import ReviewFile
from orchestrator.model.job import JobFile
from orchestrator.model.pipeline import CheckUse, Pipeline, Step
from orchestrator.model.settings import Approvers, Settings
from orchestrator.model.state import State


def mistakes(text: str, model: type[BaseModel]) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        parse(text, "p.yaml", model)
    return str(caught.value).split("\n")


def test_a_text_is_a_text_where_the_model_says_so() -> None:
    job = parse("version: 1\ntitle: 1.10\nlabels: [no, 007, 2024-01-01, true, 3]\nparams: {n: 3}\n", "j", JobFile)
    assert job == JobFile(version=1, title="1.10", labels=("no", "007", "2024-01-01", "true", "3"), params={"n": 3})


def test_texts_deep_in_a_choice_of_kinds_keep_their_own_writing() -> None:
    text = "version: 1\napprovers: {owner: {who: [a@b.c, 1.10]}, team: anyone}\n"
    assert parse(text, "o", Settings).approvers == {"owner": Approvers(who=("a@b.c", "1.10")), "team": "anyone"}


def test_checks_are_read_in_their_short_forms() -> None:
    text = "version: 1\nsteps: {a: {agent: x, writes: [y], gate: [words, sections: [A], words: {min: 1}]}}"
    with pytest.raises(DocumentError, match="a check is a name"):
        parse(text.replace("sections: [A], words", "{sections: [A], words: {}}, words"), "p", Pipeline)
    gate = parse(text, "p", Pipeline).steps["a"].gate
    assert gate == (
        CheckUse(name="words"),
        CheckUse(name="sections", settings=["A"]),
        CheckUse(name="words", settings={"min": 1}),
    )


def test_every_mistake_of_a_pipeline_is_told_in_one_pass() -> None:
    text = """version: 1
steps:
  draft:
    agent: writer
    wrtes: [listing.md]
    gate: [words, {a: 1, b: 2}]
  Polish:
    agent: x
    writes: [../y]
    attempts: 100
    on_fail: {rounds: 3}
  z: {agent: a, approve: {by: 1}}
  e:
  f: 3
"""
    assert mistakes(text, Pipeline) == [
        "p.yaml:5:5: steps.draft.wrtes: unknown key",
        'hint: did you mean "writes"?',
        "p.yaml:6:19: steps.draft.gate[1]: a check is a name, or one name with its settings: 'words: {min: 150}'",
        "p.yaml:7:3: steps.Polish: 'Polish' is no step name: lower-case letters, digits and '-', at most 40, "
        "beginning with a letter",
        "p.yaml:9:14: steps.Polish.writes[0]: '../y' must be a plain relative path, with no empty part, '.' or '..'",
        "hint: a path is seen from the job's folder, and with a leading / from the workspace's top",
        "p.yaml:10:15: steps.Polish.attempts: must be at most 20",
        "p.yaml:11:5: steps.Polish.on_fail.goto: missing key",
        'hint: add "goto: …"',
        "p.yaml:12:6: steps.z: a step has exactly one of agent, approve, publish; this one has agent and approve",
        "p.yaml:13:5: steps.e: must be a mapping of keys, not nothing",
        "hint: write lines of the form `key: value`",
        "p.yaml:14:6: steps.f: must be a mapping of keys, not '3'",
        "hint: write lines of the form `key: value`",
    ]


def test_every_mistake_of_the_settings_is_told_in_one_pass() -> None:
    text = """version: 2
models: [{name: x, tier: fats}]
approvers: {a: {who: [], cont: 2}, b: anyoen, c: {who: everyone}}
publishers: {p: {path: x}}
commands: {c: {argv: claude}}
budget: {job: lots, day: -1}
forge: {kind: githb}
"""
    assert mistakes(text, Settings) == [
        "p.yaml:1:10: version: must be at most 1",
        "hint: write version: 1, or take the newer program that the file was written for",
        "p.yaml:2:26: models[0].tier: must be one of fast, standard, strong, not 'fats'",
        'hint: did you mean "fast"?',
        "p.yaml:3:26: approvers.a.cont: unknown key",
        'hint: did you mean "count"?',
        "p.yaml:3:39: approvers.b: must be a mapping of keys or anyone, not 'anyoen'",
        "p.yaml:3:56: approvers.c.who: must be a list or anyone, not 'everyone'",
        "p.yaml:4:14: publishers.p.kind: missing key",
        'hint: add "kind: …"',
        "p.yaml:5:22: commands.c.argv: must be a list, not 'claude'",
        "hint: write it as [claude]",
        "p.yaml:6:15: budget.job: must be a number, not 'lots'",
        "p.yaml:6:26: budget.day: must be at least 0",
        "p.yaml:7:15: forge.kind: must be one of github, gitlab, gitea, pagure, none, not 'githb'",
        'hint: did you mean "github"?',
    ]


def test_a_param_is_one_value() -> None:
    assert mistakes("version: 1\nparams: {a: [1]}\n", JobFile) == [
        "p.yaml:2:13: params.a: must be a text, a number, true or false, not a list"
    ]


def test_a_reviewer_cannot_say_more_than_findings() -> None:
    text = "findings:\n  - {severity: bad, message: m, line: 0}\napproved: true\n"
    assert mistakes(text, ReviewFile) == [
        "p.yaml:2:16: findings[0].severity: must be one of critical, major, minor, info, not 'bad'",
        "p.yaml:2:39: findings[0].line: must be at least 1",
        "p.yaml:3:1: approved: unknown key",
        "hint: known keys: findings, scores",
    ]


def test_keys_that_stand_twice_and_other_mistakes_are_told_together() -> None:
    assert mistakes("version: 1\nversion: 1\ntitel: x\n", JobFile) == [
        "p.yaml:2:1: version: this key stands twice",
        "hint: the first one is in line 1; keep one of them",
        "p.yaml:3:1: titel: unknown key",
        'hint: did you mean "title"?',
    ]


@pytest.mark.parametrize(
    ("text", "model", "message"),
    [
        ("", Pipeline, ["p.yaml:1:1: the file is empty", "hint: it needs at least: version, steps"]),
        ("# nothing\n", State, ["p.yaml:1:1: the file is empty", "hint: write {} for a file that says nothing"]),
        (
            "[a]",
            JobFile,
            [
                "p.yaml:1:1: must be a mapping of keys, not a list",
                "hint: write lines of the form `key: value`, without the dashes",
            ],
        ),
        (
            "version: 1\nsteps: {a: {agent: x, reads: ['a:b'], writes: [c]}}",
            Pipeline,
            [
                "p.yaml:2:31: steps.a.reads[0]: 'a:b' must have no control character, backslash or colon",
                "hint: choose another name for the file",
            ],
        ),
        ("version: 1", Pipeline, ["p.yaml:1:1: steps: missing key", 'hint: add "steps: …"']),
        ("schema: 2", State, ["p.yaml:1:9: schema: must be 1, not '2'"]),
    ],
)
def test_a_file_of_another_shape_is_told_so(text: str, model: type[BaseModel], message: list[str]) -> None:
    assert mistakes(text, model) == message


def test_a_misspelt_key_is_taken_for_the_one_it_resembles_by_who_reads_on() -> None:
    found = read("version: 1\nsteps: {a: {agent: x, wrtes: [y]}}", "p.yaml", Pipeline)
    assert [fault.message for fault in found.faults] == ["steps.a.wrtes: unknown key"]
    assert found.value == Pipeline(version=1, steps={"a": Step(agent="x", writes=("y",))})
    assert found.is_whole


def test_what_cannot_be_mended_is_left_out_and_the_reading_is_not_whole() -> None:
    found = read("version: 1\nsteps: {a: {agent: x}, b: {agent: x, writes: [y]}}", "p.yaml", Pipeline)
    assert found.value is not None
    assert (list(found.value.steps), found.is_whole) == (["b"], False)


def test_thousands_of_mistakes_are_cut_short() -> None:
    text = "findings: [" + "{severity: x, message: y}, " * 5_000 + "]"
    assert 100 <= len(mistakes(text, ReviewFile)) <= 500


def test_a_pipeline_by_which_nothing_could_be_decided_is_refused() -> None:
    text = """version: 1
steps:
  a: {agent: x, writes: [f.md], needs: [c], attempt: 3}
  b: {agent: x, writes: [f.md], when: "params.x + 1"}
  c: {agent: x, writes: [state.yaml], on_fail: {goto: d}}
"""
    with pytest.raises(DocumentError) as caught:
        parse_pipeline(text, "p.yaml")
    assert str(caught.value).split("\n") == [
        "p.yaml:3:45: steps.a.attempt: unknown key",
        'hint: did you mean "attempts"?',
        "p.yaml:3:3: steps.a: these steps wait for one another: a → c → b → a",
        "hint: drop one of the needs",
        "p.yaml:5:55: steps.c.on_fail.goto: there is no step d",
        "hint: steps before it: a, b, c",
        "p.yaml:5:26: steps.c.writes: no agent may write state.yaml",
        "hint: state.yaml, job.yaml, pipeline.yaml and approvals/ are not theirs",
        "p.yaml:4:40: steps.b.when: arithmetic is not allowed",
        "hint: allowed: names, attributes, comparison, and / or / not / in, texts, numbers, lists, `| length`",
    ]


def test_a_sound_pipeline_is_parsed() -> None:
    text = "version: 1\nsteps: {a: {agent: x, writes: [y], when: params.x == 1}}\n"
    assert parse_pipeline(text, "p.yaml") == parse(text, "p.yaml", Pipeline)
