"""`new --set`: a slip of the finger is no param, and nothing is made of it."""

from pathlib import Path

import pytest
from calling import FILES, Called, call, git, workspace

PIPELINE = FILES["jobs/templates/note/pipeline.yaml"].replace(
    "approve: {by: owner}",
    'approve:\n      by: owner\n      when: params.review == "person" or params.size in ["A4", "A5"]',
)
JOB = 'version: 1\ntitle: A note\nparams: {review: auto, size: "", count: 3}\n'
PARAMS = "params: count, review, size, tone"


def asking(folder: Path, **more: str) -> Path:
    """Make a workspace whose template `note` has params: two in a condition, one in a prompt alone."""
    texts = {
        "jobs/templates/note/pipeline.yaml": PIPELINE,
        "jobs/templates/note/job.yaml": JOB,
        "prompts/write.md.j2": '{{ params.tone | default("dry") }}\n',
    }
    return workspace(folder, {**FILES, **texts, **more})


def refused(folder: Path, *said: str) -> str:
    """Return what `new --set` said on stderr, having made nothing."""
    before = git(folder, "for-each-ref")
    told = call(folder, "new", "note", "k", *(word for each in said for word in ("--set", each)))
    assert (told.code, told.out) == (2, "")
    assert git(folder, "for-each-ref") == before
    return told.err


BAD = {
    "a typo": (
        ["reveiw=person"],
        f"error: the template note has no param 'reveiw'\nhint: did you mean \"review\"? {PARAMS}\n",
    ),
    "a typo in a prompt's param": (
        ["tonne=wry"],
        f"error: the template note has no param 'tonne'\nhint: did you mean \"tone\"? {PARAMS}\n",
    ),
    "another word": (["colour=red"], f"error: the template note has no param 'colour'\nhint: {PARAMS}\n"),
    "a good one before it": (
        ["review=person", "Size=A4"],
        f"error: the template note has no param 'Size'\nhint: did you mean \"size\"? {PARAMS}\n",
    ),
    "twice": (
        ["review=person", "review=auto"],
        "error: --set sets 'review' twice\nhint: say it once: --set review=…\n",
    ),
    "another case": (
        ["review=Person"],
        "error: the param review is 'Person', and a condition asks for another case\nhint: did you mean \"person\"?\n",
    ),
    "another case of one in a list": (
        ["size=a5"],
        "error: the param size is 'a5', and a condition asks for another case\nhint: did you mean \"A5\"?\n",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_param_that_the_template_does_not_know_is_refused_and_nothing_is_made(folder: Path, name: str) -> None:
    said, told = BAD[name]
    assert refused(asking(folder), *said) == told


def test_a_template_without_params_says_so(folder: Path) -> None:
    assert refused(workspace(folder), "review=person") == (
        "error: the template note has no param 'review'\n"
        "hint: it has none; write it under params in jobs/templates/note/job.yaml, or leave --set away\n"
    )


def test_a_template_that_is_an_empty_folder_is_told_of_that_first(folder: Path) -> None:
    workspace(folder, {**FILES, "jobs/templates/bare/.gitkeep": ""})
    told = call(folder, "new", "bare", "k", "--set", "review=person")
    assert told == Called(2, "", "error: the template has no pipeline.yaml\nhint: orchestrator lint\n")


def test_every_param_that_the_template_knows_may_have_any_other_value(folder: Path) -> None:
    asking(folder)
    said = ("review=somebody", "size=A3", "count=7", "tone=wry and dry")
    assert call(folder, "new", "note", "k", *(word for each in said for word in ("--set", each))).code == 0
    assert git(folder, "show", "job/k:jobs/k/job.yaml").split("\n")[2] == (
        "params: {review: somebody, size: A3, count: 7, tone: wry and dry}"
    )


def test_a_prompt_that_takes_the_params_as_a_whole_takes_any(folder: Path) -> None:
    prompt = "{% for key, value in params.items() %}{{ key }}: {{ value }}\n{% endfor %}"
    asking(folder, **{"prompts/write.md.j2": prompt})
    assert call(folder, "new", "note", "k", "--set", "colour=red") == Called(
        0, "", "<id>  k: created from note\nnext: orchestrator run k\n"
    )


def test_where_any_param_goes_one_that_is_nearly_a_conditions_is_still_a_typo(folder: Path) -> None:
    prompt = "{% for key, value in params.items() %}{{ key }}: {{ value }}\n{% endfor %}"
    asking(folder, **{"prompts/write.md.j2": prompt})
    assert refused(folder, "reveiw=person") == (
        "error: the template note has no param 'reveiw'\nhint: did you mean \"review\"? params: count, review, size\n"
    )


def test_a_workspace_that_init_made_refuses_a_misspelt_review(folder: Path) -> None:
    assert call(folder.parent, "init", str(folder)).code == 0
    before = git(folder, "for-each-ref")
    assert call(folder, "new", "product-listing", "rv", "--set", "reveiw=person") == Called(
        2,
        "",
        "error: the template product-listing has no param 'reveiw'\nhint: did you mean \"review\"? params: review\n",
    )
    assert call(folder, "new", "product-listing", "rv", "--set", "review=Person").err == (
        "error: the param review is 'Person', and a condition asks for another case\nhint: did you mean \"person\"?\n"
    )
    assert git(folder, "for-each-ref") == before
