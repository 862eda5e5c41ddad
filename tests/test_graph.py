"""Pipelines as pictures. `python tests/test_graph.py` writes the golden pictures anew; look at them in review."""

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.graph import mermaid, svg
from orchestrator.model.pipeline import Pipeline

GOLDENS = Path(__file__).parent / "graph_goldens"
SPACE = "{http://www.w3.org/2000/svg}"
STATES = {
    **dict.fromkeys(["research", "draft", "design", "validate"], "passed"),
    "polish": "skipped",
    "revalidate": "failed",
    "approve": "waiting",
}


def agent(name: str, **more: object) -> dict[str, object]:
    return {"agent": name, "writes": ["file.md"], **more}


def pipeline(**steps: object) -> Pipeline:
    return Pipeline.model_validate({"version": 1, "steps": steps})


LINE = pipeline(
    research=agent("researcher"),
    draft=agent("writer"),
    design=agent("designer"),
    validate=agent("reviewer"),
    polish=agent("editor"),
    revalidate=agent("reviewer", on_fail={"goto": "polish", "rounds": 3}),
    approve={"approve": {"by": "owner"}},
    publish={"publish": {"to": "storefront", "files": ["file.md"]}},
)
DIAMOND = pipeline(
    brief=agent("planner"),
    words=agent("writer", needs=["brief"]),
    picture=agent("designer", needs=["brief"]),
    sound=agent("composer", needs=["brief"]),
    mix=agent("editor", needs=["words", "picture"], on_fail={"goto": "words"}),
    check=agent("reviewer", needs=["mix", "sound", "brief"], on_fail={"goto": "brief", "rounds": 2}),
)
PICTURES = {"line.svg": svg(LINE), "line-with-states.svg": svg(LINE, STATES), "diamond.svg": svg(DIAMOND)}

LINE_IN_MERMAID = """\
flowchart LR
    step_research["research<br/>researcher<br/>passed"]
    step_draft["draft<br/>writer<br/>passed"]
    step_design["design<br/>designer<br/>passed"]
    step_validate["validate<br/>reviewer<br/>passed"]
    step_polish["polish<br/>editor<br/>skipped"]
    step_revalidate["revalidate<br/>reviewer<br/>failed"]
    step_approve{{"approve<br/>by owner<br/>waiting"}}
    step_publish(["publish<br/>to storefront"])
    step_research --> step_draft
    step_draft --> step_design
    step_design --> step_validate
    step_validate --> step_polish
    step_polish --> step_revalidate
    step_revalidate --> step_approve
    step_approve --> step_publish
    step_revalidate -.->|"on fail, up to 3 times"| step_polish
    classDef good fill:#dafbe1,stroke:#1a7f37,color:#1f2328
    class step_research,step_draft,step_design,step_validate good
    classDef waiting fill:#fff4c2,stroke:#9a6700,color:#1f2328
    class step_approve waiting
    classDef bad fill:#ffebe9,stroke:#cf222e,color:#1f2328
    class step_revalidate bad
    classDef skipped fill:#eceff2,stroke:#8c959f,color:#1f2328
    class step_polish skipped
"""


def test_the_line_in_mermaid_is_whole() -> None:
    assert mermaid(LINE, STATES) == LINE_IN_MERMAID


def test_names_and_roles_cannot_break_out_of_mermaid() -> None:
    hostile = Pipeline.model_validate(
        {"version": 1, "steps": {"end": agent('a"]\n--> x%%'), "a-b": agent("b", on_fail={"goto": "end"})}}
    )
    assert mermaid(hostile) == (
        "flowchart LR\n"
        '    step_end["end<br/>a#34;#93; --#62; x#37;#37;"]\n'
        '    step_a_b["a-b<br/>b"]\n'
        "    step_end --> step_a_b\n"
        '    step_a_b -.->|"on fail, once"| step_end\n'
    )


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_its_golden(name: str) -> None:
    assert PICTURES[name] == (GOLDENS / name).read_text("utf-8")


def test_eight_steps_in_a_line_fit_a_page_of_1200_pixels() -> None:
    assert float(ElementTree.fromstring(PICTURES["line.svg"]).attrib["width"]) <= 1200


def test_the_picture_is_told_to_those_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(svg(DIAMOND, {"brief": "passed"}))
    assert root.findtext(f"{SPACE}title") == "A pipeline of 6 steps"
    assert root.findtext(f"{SPACE}desc") == (
        "brief (planner): passed. words (writer) after brief. picture (designer) after brief. "
        "sound (composer) after brief. mix (editor) after words and picture. "
        "check (reviewer) after mix, sound and brief. mix goes back to words on fail, once. "
        "check goes back to brief on fail, up to 2 times."
    )


def test_steps_that_wait_for_one_another_have_no_picture() -> None:
    ring = pipeline(one=agent("a", needs=["two"]), two=agent("b", needs=["one"]))
    with pytest.raises(ValueError, match="wait for one another"):
        svg(ring)
    assert "step_two --> step_one" in mermaid(ring)


def test_a_need_or_a_goto_that_names_no_step_is_passed_over() -> None:
    odd = pipeline(one=agent("a", needs=["none"], on_fail={"goto": "nowhere"}))
    assert mermaid(odd) == 'flowchart LR\n    step_one["one<br/>a"]\n'
    assert "none" not in re.sub(r'fill="none"', "", svg(odd))


# --- any pipeline ----------------------------------------------------------------------------------------------------


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    names = [f"step-{number}" for number in range(draw(st.integers(1, 9)))]
    steps: dict[str, object] = {}
    for place, name in enumerate(names):
        earlier = names[:place]
        needs = draw(st.lists(st.sampled_from(earlier), unique=True, max_size=4)) if earlier else []
        goto = draw(st.none() | st.sampled_from(earlier)) if earlier else None
        more = {"on_fail": {"goto": goto}} if goto else {}
        steps[name] = agent(draw(st.text(min_size=1, max_size=60)), needs=needs, **more)
    return pipeline(**steps)


def boxes(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The boxes of the steps: left, top, right, bottom."""
    found = []
    for group in root.findall(f"{SPACE}g"):
        box: Mapping[str, str] = group.findall(f"{SPACE}rect")[0].attrib
        left, top = float(box["x"]), float(box["y"])
        found.append((left, top, left + float(box["width"]), top + float(box["height"])))
    return found


@given(pipelines(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_pipeline_is_valid_xml_whose_boxes_lie_apart_and_within(drawn: Pipeline, has_states: bool) -> None:
    outcomes = dict.fromkeys(drawn.steps, "passed") if has_states else None
    root = ElementTree.fromstring(svg(drawn, outcomes))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert len(boxes(root)) == len(drawn.steps)
    assert all(
        left >= 0 and top >= 0 and right <= width and bottom <= height for left, top, right, bottom in boxes(root)
    )
    for one, other in combinations(boxes(root), 2):
        assert one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]


@given(pipelines())
@settings(max_examples=60, deadline=None)
def test_any_pipeline_is_one_line_a_fact_in_mermaid(drawn: Pipeline) -> None:
    ways = sum(len(drawn.needs(name)) for name in drawn.steps)
    backs = sum(step.on_fail is not None for step in drawn.steps.values())
    assert len(mermaid(drawn).split("\n")) == 1 + len(drawn.steps) + ways + backs + 1
    assert all(line.isprintable() for line in mermaid(drawn).split("\n"))


if __name__ == "__main__":
    GOLDENS.mkdir(exist_ok=True)
    for golden, picture in PICTURES.items():
        (GOLDENS / golden).write_text(picture, encoding="utf-8")
