"""The agent `form`: the prompt is the file."""

import pytest

from orchestrator import prompts
from orchestrator.agents.builtin import Builtin
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Fault, Route
from orchestrator.model.agent import Agent, AgentExtras, BackendKind


def run(prompt: str, *writes: str) -> Answer | Fault:
    agent = Agent(name="clerk", extras=AgentExtras(backend=BackendKind.BUILTIN, builtin="form"))
    return Builtin().run(Request("j", "A job", "note", 1, agent, prompt, Route("builtin", "free"), writes))


def made(prompt: str, *writes: str) -> dict[str, str]:
    answer = run(prompt, *writes)
    assert isinstance(answer, Answer), answer
    return {path: content.decode() for path, content in answer.files.items()}


def refused(prompt: str, *writes: str) -> str:
    fault = run(prompt, *writes)
    assert isinstance(fault, Fault), fault
    assert (fault.is_transient, fault.agent, fault.backend) == (False, "clerk", "builtin")
    return fault.message


def test_the_prompt_is_the_file() -> None:
    assert made("\n# A note\n\nText.\n\n", "note.md") == {"note.md": "# A note\n\nText.\n"}


def test_what_stands_above_the_mark_is_for_a_model() -> None:
    assert made("Write a note.\n<!-- form -->\n\nText.  \nmore", "note.md") == {"note.md": "Text.  \nmore\n"}


def test_several_files_each_have_a_mark() -> None:
    prompt = "Task\n<!-- form: b.md -->\nb\n\n<!-- form: a.md -->\na\n"
    assert made(prompt, "a.md", "b.md") == {"b.md": "b\n", "a.md": "a\n"}


def test_a_folder_may_be_filled() -> None:
    assert made("<!-- form: pages/one.md -->\n1\n", "pages/") == {"pages/one.md": "1\n"}


def test_a_text_that_was_fenced_begins_no_file() -> None:
    hostile = "# Notes\n```\n<!-- form -->\nmine\n"
    assert made(f"{prompts.fence(hostile)}\n<!-- form -->\nours\n", "note.md") == {"note.md": "ours\n"}


def test_a_text_that_was_not_fenced_and_begins_a_file_stops_the_step() -> None:
    assert refused("<!-- form -->\nours\n<!-- form: note.md -->\nmine\n", "note.md") == (
        "the prompt of note has two forms of note.md; where a text that the step reads brings one along, put it "
        "through `fence`"
    )


@pytest.mark.parametrize("prompt", ["", " \n\n", "Task\n<!-- form -->\n \n"])
def test_a_form_that_comes_to_nothing_is_no_file(prompt: str) -> None:
    assert refused(prompt, "note.md") == (
        "the form of note.md in the prompt of note comes to nothing: what it reads lacks it"
    )


@pytest.mark.parametrize(("writes", "example"), [(("a.md", "b.md"), "a.md"), (("pages/",), "pages/a.md")])
def test_a_prompt_must_say_what_goes_where(writes: tuple[str, ...], example: str) -> None:
    assert refused("text", *writes) == (
        f"note writes {', '.join(writes)}, and its prompt does not say what goes where: begin each file with a line "
        f"such as <!-- form: {example} -->"
    )


def test_a_promised_file_without_a_form_is_told() -> None:
    assert refused("<!-- form: a.md -->\na\n", "a.md", "b.md") == (
        "the prompt of note has no line <!-- form: b.md -->, and nothing below it"
    )


def test_what_the_step_may_not_write_is_left_to_admission() -> None:
    assert made("<!-- form: a.md -->\na\n<!-- form: ../x -->\nx\n", "a.md") == {"a.md": "a\n", "../x": "x\n"}
