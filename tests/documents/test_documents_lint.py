from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator import prompts
from orchestrator.documents.lint import LintInput, lint
from orchestrator.documents.problems import Problem, Severity
from orchestrator.documents.yaml import KeyPath

FOLDER = "jobs/templates/t"
PIPELINE = f"{FOLDER}/pipeline.yaml"

SETTINGS = """version: 1
approvers: {owner: {who: [ada@example.com]}}
publishers: {shop: {kind: directory, path: out}}
commands: {claude: {argv: [claude]}}
callables: {tidy: "acme.steps:tidy"}
budget: {job: 2}
allow_writes: [/src/**]
"""

STEPS = """version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md, sources/, /memory/style.md]
    writes: [listing.md]
    gate: [words: {min: 1}]
  check:
    agent: reviewer
    reads: [listing.md]
    writes: [review.yaml]
    gate: [review_file: review.yaml]
  polish:
    agent: writer
    when: review.findings | length > 0 and params.review == "auto"
    reads: [listing.md, review.yaml]
    writes: [listing.md, /src/page.html]
    on_fail: {goto: check}
  approve:
    approve: {by: owner, when: params.review == "person"}
  publish:
    publish: {to: shop, files: [listing.md]}
"""


def words(settings: object) -> Iterable[tuple[KeyPath, str]]:
    return [] if settings == {"min": 1} else [(("min",), "must be 1")]


def anything(settings: object) -> Iterable[tuple[KeyPath, str]]:
    return []


GOOD = LintInput(
    texts={
        "orchestrator.yaml": SETTINGS,
        "agents/writer.md": "---\nname: writer\nmodel: fast\nx-orchestrator: {builtin: a.draft}\n---\nWrite.\n",
        "agents/reviewer.md": "---\nname: reviewer\nx-orchestrator: {backend: person}\n---\nReview.\n",
        "prompts/draft.md.j2": "{{ title }}",
        "prompts/polish.md.j2": "{{ files['listing.md'] }}",
        PIPELINE: STEPS,
        f"{FOLDER}/job.yaml": "version: 1\ntemplate: t\nparams: {review: auto}\n",
    },
    files=frozenset({f"{FOLDER}/sources/notes.md", "memory/style.md"}),
    checks={"words": words, "review_file": anything, "findings": anything, "command": anything, "callable": anything},
    builtins=frozenset({"a.draft"}),
    publisher_kinds=frozenset({"directory"}),
    prompt_faults=prompts.faults,
)


def with_text(path: str, text: str | bytes) -> LintInput:
    return replace(GOOD, texts={**GOOD.texts, path: text})


def told(workspace: LintInput) -> list[str]:
    return [str(found) for found in lint(workspace)]


def changed(old: str, new: str, path: str = PIPELINE) -> list[str]:
    text = GOOD.texts[path]
    assert isinstance(text, str)
    assert old in text
    return told(with_text(path, text.replace(old, new, 1)))


def test_a_good_workspace_has_no_problem() -> None:
    assert lint(GOOD) == ()


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        (
            "agent: writer\n    reads: [b",
            "agent: writr\n    reads: [b",
            [f'{PIPELINE}:4:12: steps.draft.agent: there is no agents/writr.md\nhint: did you mean "writer"?'],
        ),
        (
            "    writes: [review.yaml]",
            "    wrtes: [review.yaml]",
            [f'{PIPELINE}:11:5: steps.check.wrtes: unknown key\nhint: did you mean "writes"?'],
        ),
        (
            "/memory/style.md",
            "/memory/styel.md",
            [
                f"{PIPELINE}:5:33: steps.draft.reads: nothing writes /memory/styel.md, and there is no such file\n"
                'hint: did you mean "/memory/style.md"?'
            ],
        ),
        (
            "reads: [listing.md]",
            "reads: [lising.md]",
            [
                f"{PIPELINE}:10:13: steps.check.reads: nothing writes lising.md, and there is no such file\n"
                'hint: did you mean "listing.md"?'
            ],
        ),
        (
            "reads: [brief.md, s",
            "reads: [review.yaml, s",
            [
                f"{PIPELINE}:5:13: steps.draft.reads: review.yaml is written by check, which does not stand before\n"
                "hint: let draft stand after it, or need it: needs: [check]"
            ],
        ),
        (
            "agent: writer\n    when",
            "agent: writer\n    needs: []\n    when",
            [
                f"{PIPELINE}:16:11: steps.polish.when: review is neither params nor a data file that stands before\n"
                "hint: there is: params",
                f"{PIPELINE}:17:13: steps.polish.reads: listing.md is written by draft, which does not stand before\n"
                "hint: let polish stand after it, or need it: needs: [draft]",
                f"{PIPELINE}:17:25: steps.polish.reads: review.yaml is written by check, which does not stand before\n"
                "hint: let polish stand after it, or need it: needs: [check]",
                f"{PIPELINE}:18:14: steps.polish.writes: draft writes listing.md too, and neither stands before the "
                "other\nhint: let one need the other: needs: [draft]",
                f"{PIPELINE}:19:21: steps.polish.on_fail.goto: check does not stand before polish\n"
                "hint: no step stands before it",
            ],
        ),
        (
            "agent: writer\n    reads",
            "agent: writer\n    needs: [polish]\n    reads",
            [
                f"{PIPELINE}:3:3: steps.draft: these steps wait for one another: draft → polish → check → draft\n"
                "hint: drop one of the needs"
            ],
        ),
        (
            "agent: reviewer\n    reads",
            "agent: reviewer\n    needs: [darft]\n    reads",
            [f'{PIPELINE}:10:13: steps.check.needs: there is no step darft\nhint: did you mean "draft"?'],
        ),
        (
            "goto: check",
            "goto: chekc",
            [f'{PIPELINE}:18:21: steps.polish.on_fail.goto: there is no step chekc\nhint: did you mean "check"?'],
        ),
        (
            "goto: check",
            "goto: publish",
            [
                f"{PIPELINE}:18:21: steps.polish.on_fail.goto: publish does not stand before polish\n"
                "hint: steps before it: check, draft"
            ],
        ),
        (
            "words: {min: 1}",
            "wrods: {min: 1}",
            [f'{PIPELINE}:7:12: steps.draft.gate[0]: unknown check wrods\nhint: did you mean "words"?'],
        ),
        (
            "words: {min: 1}",
            "words: {min: 2}",
            [f"{PIPELINE}:7:25: steps.draft.gate[0].words.min: must be 1"],
        ),
        (
            "words: {min: 1}",
            "command: {run: claud}",
            [
                f"{PIPELINE}:7:27: steps.draft.gate[0].command.run: claud is not among the commands of "
                'orchestrator.yaml\nhint: did you mean "claude"?'
            ],
        ),
        (
            "words: {min: 1}",
            "command: claud",
            [
                f"{PIPELINE}:7:21: steps.draft.gate[0].command: claud is not among the commands of "
                'orchestrator.yaml\nhint: did you mean "claude"?'
            ],
        ),
        (
            "words: {min: 1}",
            "callable: {call: tody}",
            [
                f"{PIPELINE}:7:29: steps.draft.gate[0].callable.call: tody is not among the callables of "
                'orchestrator.yaml\nhint: did you mean "tidy"?'
            ],
        ),
        (
            "words: {min: 1}",
            "callable: tody",
            [
                f"{PIPELINE}:7:22: steps.draft.gate[0].callable: tody is not among the callables of "
                'orchestrator.yaml\nhint: did you mean "tidy"?'
            ],
        ),
        (
            "    reads: [brief.md, s",
            "    prompt: drft\n    reads: [brief.md, s",
            [f'{PIPELINE}:5:13: steps.draft.prompt: there is no prompts/drft.md.j2\nhint: did you mean "draft"?'],
        ),
        (
            "by: owner",
            "by: owenr",
            [f'{PIPELINE}:20:19: steps.approve.approve.by: unknown approver owenr\nhint: did you mean "owner"?'],
        ),
        (
            "to: shop",
            "to: shp",
            [f'{PIPELINE}:22:19: steps.publish.publish.to: unknown publisher shp\nhint: did you mean "shop"?'],
        ),
        (
            "files: [listing.md]",
            "files: [listing.md, x.png]",
            [
                f"{PIPELINE}:22:45: steps.publish.publish.files: nothing writes x.png, and there is no such file\n"
                "hint: files that stand before: /src/page.html, brief.md, listing.md, review.yaml, sources/notes.md"
            ],
        ),
        (
            "/src/page.html",
            "/lib/page.html",
            [
                f"{PIPELINE}:17:26: steps.polish.writes: /lib/page.html lies outside the job, and is not granted\n"
                "hint: add it to allow_writes in orchestrator.yaml: [/lib/page.html]"
            ],
        ),
        (
            "writes: [listing.md]",
            "writes: [listing.md, '*.yaml']",
            [
                f"{PIPELINE}:6:26: steps.draft.writes: no agent may write *.yaml\n"
                "hint: state.yaml, job.yaml, pipeline.yaml and approvals/ are not theirs"
            ],
        ),
        (
            "review.findings |",
            "reviw.findings |",
            [
                f"{PIPELINE}:15:11: steps.polish.when: reviw is neither params nor a data file that stands before\n"
                'hint: did you mean "review"?'
            ],
        ),
        (
            "| length > 0",
            "| count > 0",
            [f"{PIPELINE}:15:29: steps.polish.when: the filter 'count' is not allowed\nhint: the one filter is length"],
        ),
        (
            'when: params.review == "person"',
            "when: 'params.reviw == 1'",
            [
                f"{PIPELINE}:20:33: steps.approve.approve.when: job.yaml has no param reviw\n"
                'hint: did you mean "review"?'
            ],
        ),
        (
            "agent: reviewer",
            "agent: writer\n    prompt: draft",
            [
                f"{PIPELINE}:9:12: warning: steps.check.agent: writer reviews listing.md, which it wrote in draft\n"
                "hint: let another agent review: maker is not checker"
            ],
        ),
        (
            "  check:",
            "  check",
            [
                f"{PIPELINE}:9:10: not YAML: could not find expected ':' while scanning a simple key of line 8\n"
                "hint: a key ends in ':' and stands in one line with it"
            ],
        ),
    ],
)
def test_a_mistake_in_a_pipeline_is_one_problem_with_its_place(old: str, new: str, problems: list[str]) -> None:
    assert changed(old, new) == problems


@pytest.mark.parametrize(
    ("path", "text", "problems"),
    [
        (
            "orchestrator.yaml",
            "version: 1\nmodels: [{name: builtin}, {name: builtin}]\napprovers: {owner: {who: [bob], count: 2}}\n"
            "publishers: {shop: {kind: directry, requires: ownr}}\nallow_writes: [/src/]\n",
            [
                "orchestrator.yaml:2:34: models[1].name: builtin stands twice\n"
                "hint: keep one of the two; what they say of the model belongs together",
                "orchestrator.yaml:3:20: approvers.owner: 2 must approve, and 1 may\n"
                "hint: name more people in `who`, or lower `count`",
                "orchestrator.yaml:3:27: approvers.owner.who[0]: 'bob' is no person\n"
                "hint: people are e-mail addresses, or github:login, gitlab:login, gitea:login",
                "orchestrator.yaml:4:27: publishers.shop.kind: unknown publisher directry\n"
                'hint: did you mean "directory"?',
                'orchestrator.yaml:4:47: publishers.shop.requires: unknown approver ownr\nhint: did you mean "owner"?',
            ],
        ),
        (
            "agents/writer.md",
            "---\nname: writer\nname: w\nmodel: fats\n---\n",
            ["agents/writer.md:3:1: name: this key stands twice\nhint: the first one is in line 2; keep one of them"],
        ),
        (
            "agents/writer.md",
            "---\nname: writer\nmodel: fats\nx-orchestrator: {builtin: a.drft}\n---\n",
            [
                "agents/writer.md:3:8: warning: model: fats is no tier, and no model of orchestrator.yaml\n"
                'hint: did you mean "fast"?',
                "agents/writer.md:4:27: x-orchestrator.builtin: unknown builtin agent a.drft\n"
                'hint: did you mean "a.draft"?',
            ],
        ),
        (
            "agents/writer.md",
            "---\nx-orchestrator: {backend: command, command: clde}\n---\n",
            [
                "agents/writer.md:2:45: x-orchestrator.command: clde is not among the commands of orchestrator.yaml\n"
                'hint: did you mean "claude"?'
            ],
        ),
        (
            "agents/writer.md",
            "---\nx-orchestrator: {backend: python}\n---\n",
            [
                "agents/writer.md:2:27: x-orchestrator.call: missing key\n"
                'hint: name an entry of callables in orchestrator.yaml: "call: …"'
            ],
        ),
        (
            "agents/writer.md",
            "---\nx-orchestrator: {backend: builtin}\n---\n",
            ["agents/writer.md:2:27: x-orchestrator.builtin: missing key\nhint: builtin agents: a.draft"],
        ),
        (
            "prompts/draft.md.j2",
            "a\n{{ fils }}{{ titel }}",
            [
                "prompts/draft.md.j2:2:4: there is no 'fils'\nhint: did you mean \"files\"?",
                "prompts/draft.md.j2:2:14: there is no 'titel'\nhint: did you mean \"title\"?",
            ],
        ),
        (
            "prompts/draft.md.j2",
            "a\n{% if x",
            [
                "prompts/draft.md.j2:2: unexpected end of template, expected 'end of statement block'\n"
                "hint: a value stands in {{ }}, if / for / set in {% %}, and if and for end with endif and endfor"
            ],
        ),
        (
            "prompts/draft.md.j2",
            b"a\n\xff",
            ["prompts/draft.md.j2:2:1: not UTF-8: byte 0xff\nhint: save the file as UTF-8"],
        ),
        (
            f"{FOLDER}/job.yaml",
            "version: 1\nversion: 1\ntemplate: tt\nparams: {review: auto}\nbudget: {job: 3}\n",
            [
                f"{FOLDER}/job.yaml:2:1: version: this key stands twice\n"
                "hint: the first one is in line 1; keep one of them",
                f'{FOLDER}/job.yaml:3:11: template: there is no template tt\nhint: did you mean "t"?',
                f"{FOLDER}/job.yaml:5:15: budget.job: 3 USD is more than the 2 of orchestrator.yaml\n"
                "hint: a job's budget may only lower what the base grants",
            ],
        ),
        (
            f"{FOLDER}/state.yaml",
            "schema: 1\n<<<<<<< HEAD\n",
            [
                f"{FOLDER}/state.yaml:2:1: a conflict marker of a merge (<<<<<<<)\n"
                "hint: choose between the two sides, delete the marker lines, and commit"
            ],
        ),
    ],
)
def test_a_mistake_in_another_file_is_told_with_its_place(path: str, text: str | bytes, problems: list[str]) -> None:
    assert told(with_text(path, text)) == problems


def test_a_workspace_without_settings_is_told_so_and_judged_all_the_same() -> None:
    texts = {path: text for path, text in GOOD.texts.items() if path != "orchestrator.yaml"}
    assert lint(replace(GOOD, texts=texts)) == (
        Problem(
            "orchestrator.yaml",
            None,
            None,
            Severity.ERROR,
            "orchestrator.yaml is missing",
            "`orchestrator init` writes one",
        ),
    )


def test_mistakes_of_all_files_are_found_in_one_pass() -> None:
    texts = {
        "orchestrator.yaml": "version: 1\nmodel: []\n",
        "agents/writer.md": "---\nname: writer\nhooks: {}\n---\n",
        "prompts/draft.md.j2": "{{ x }}",
        f"{FOLDER}/job.yaml": "versoin: 1\n",
        PIPELINE: "version: 1\nsteps:\n  draft: {agent: wrter, writes: [a.md], gat: [words]}\n  e: {agent: writer}\n",
    }
    assert [(found.path, found.line, found.column, found.severity) for found in lint(replace(GOOD, texts=texts))] == [
        ("agents/writer.md", 3, 1, "warning"),
        (f"{FOLDER}/job.yaml", 1, 1, "error"),
        (PIPELINE, 3, 18, "error"),
        (PIPELINE, 3, 41, "error"),
        (PIPELINE, 3, 47, "error"),
        (PIPELINE, 4, 6, "error"),
        ("orchestrator.yaml", 2, 1, "error"),
        ("prompts/draft.md.j2", 1, 4, "error"),
    ]


def test_two_unordered_steps_that_write_below_one_folder_are_found() -> None:
    text = (
        "version: 1\nsteps:\n  a: {agent: writer, prompt: draft, writes: [out/]}\n"
        "  b: {agent: writer, prompt: draft, needs: [], writes: ['out/*.md']}\n"
    )
    assert told(with_text(PIPELINE, text)) == [
        f"{PIPELINE}:4:57: steps.b.writes: a writes out/*.md too, and neither stands before the other\n"
        "hint: let one need the other: needs: [a]"
    ]


PUBLISHERS = """version: 1
approvers: {owner: {who: [ada@example.com]}}
publishers:
  shop: {kind: directory, path: out}
  window: {kind: directory, path: ./out/}
  shelf: {kind: directory, path: shelf}
  wire: {kind: wire, path: out}
"""
SAME_FOLDER = "publish sends to the same folder, and again would overwrite it"
SEND_ONCE = "hint: send all the files in one step, or to another of the publishers in orchestrator.yaml"


@pytest.mark.parametrize(
    ("to", "when", "problems"),
    [
        ("shop", "", [f"{PIPELINE}:24:19: steps.again.publish.to: {SAME_FOLDER}\n{SEND_ONCE}"]),
        ("window", "", [f"{PIPELINE}:24:19: steps.again.publish.to: {SAME_FOLDER}\n{SEND_ONCE}"]),
        (
            "shop",
            '    when: params.review == "person"\n',
            [f"{PIPELINE}:24:19: warning: steps.again.publish.to: {SAME_FOLDER}\n{SEND_ONCE}"],
        ),
        ("shelf", "", []),
        ("wire", "", []),
    ],
)
def test_two_steps_that_send_to_one_folder_overwrite_each_other(to: str, when: str, problems: list[str]) -> None:
    again = f"  again:\n    publish: {{to: {to}, files: [review.yaml]}}\n{when}"
    texts = {**GOOD.texts, "orchestrator.yaml": PUBLISHERS, PIPELINE: STEPS.replace(", /src/page.html", "") + again}
    workspace = replace(GOOD, texts=texts, publisher_kinds=frozenset({"directory", "wire"}))
    assert told(workspace) == problems


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(GOOD.texts)),
    st.integers(0, 700),
    st.integers(0, 12),
    st.text("[]{}:,#-'x1 \n", max_size=6) | st.sampled_from(["[key]", "null", "true", "é: ", "{{ x }}", "{% if x %}"]),
)
def test_a_slip_anywhere_is_told_in_place_or_means_nothing(path: str, start: int, length: int, slip: str) -> None:
    text = GOOD.texts[path]
    assert isinstance(text, str)
    known = {*GOOD.texts, "orchestrator.yaml"}
    assert {found.path for found in lint(with_text(path, text[:start] + slip + text[start + length :]))} <= known


def test_a_rubric_is_read_as_one() -> None:
    texts = {
        "orchestrator.yaml": b"version: 1\n",
        "memory/house-rubric.yaml": b"version: 1\nscale: [5, 1]\ncriteria: {}\n",
    }
    found = [str(each) for each in lint(LintInput(texts=texts, files=frozenset(texts)))]
    assert [each.split("\n")[0] for each in found] == [
        "memory/house-rubric.yaml:3:11: criteria: must not be empty",
    ]
