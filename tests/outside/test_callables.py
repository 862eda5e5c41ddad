"""Callables that the settings name: loaded, or told in words why not."""

from pathlib import Path

import pytest

from orchestrator.model.outside import CannotRun
from orchestrator.outside.callables import load


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "g7_steps.py").write_text(
        "def tidy(): return 7\nclass House:\n    style = staticmethod(tidy)\nyear = 1\n"
    )
    (tmp_path / "g7_broken.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "g7_wrong.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize("said", ["g7_steps:tidy", "g7_steps:House.style"])
def test_a_named_callable_is_loaded(said: str) -> None:
    assert load({"tidy": said}, "tidy")() == 7


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("g7_steps", "'g7_steps'; write it as 'module:attribute'"),
        (":tidy", "':tidy'; write it as 'module:attribute'"),
        ("g7_steps:", "'g7_steps:'; write it as 'module:attribute'"),
    ],
)
def test_what_is_no_name_of_an_attribute_cannot_run(said: str, fault: str) -> None:
    with pytest.raises(CannotRun) as caught:
        load({"tidy": said}, "tidy")
    assert str(caught.value) == f"callables.tidy in orchestrator.yaml is {fault}"


@pytest.mark.usefixtures("steps")
@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("g7_steps:tidi", "module 'g7_steps' has no attribute 'tidi'"),
        ("g7_steps:year", "'g7_steps:year' is no callable, but a int"),
        ("g7_broken:x", "'g7_broken' does not load: SystemExit: 3"),
        ("g7_wrong:x", "'g7_wrong' does not load: ZeroDivisionError: division by zero"),
        (
            "g7_absent:x",
            "'g7_absent' does not load: ModuleNotFoundError: No module named 'g7_absent'; install what holds it beside"
            " the orchestrator",
        ),
        (
            ".g7:x",
            "'.g7' does not load: TypeError: the 'package' argument is required to perform a relative import for '.g7'",
        ),
    ],
)
def test_what_does_not_load_cannot_run_and_nothing_of_it_ends_us(said: str, fault: str) -> None:
    with pytest.raises(CannotRun) as caught:
        load({"tidy": said}, "tidy")
    assert str(caught.value) == f"callables.tidy in orchestrator.yaml: {fault}"


def test_a_name_that_the_settings_do_not_have_cannot_run() -> None:
    with pytest.raises(CannotRun) as caught:
        load({"tidy": "a:b"}, "tidi")
    assert str(caught.value) == "no callable 'tidi' in orchestrator.yaml on the base; did you mean \"tidy\"?"
    with pytest.raises(CannotRun, match="add it under callables in"):
        load({}, "tidy")
