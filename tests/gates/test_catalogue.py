"""What the documentation says of checks is what they do."""

import re
import textwrap
from pathlib import Path

import pytest

from orchestrator.documents import yaml
from orchestrator.gates import CheckSettings, Material, faults, find, judge, schema, settings_faults
from orchestrator.gates.catalogue import GROUPS, catalogue
from orchestrator.gates.registry import BUILT_IN
from orchestrator.model.finding import Verdict
from orchestrator.model.pipeline import CheckUse

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "add-a-check.md").read_text()


def settings_of(name: str) -> type[CheckSettings]:
    check = find(name)
    assert check is not None
    return check.settings


def use(text: str) -> CheckUse:
    return CheckUse.model_validate(yaml.load(text, "example"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_committed_page_is_the_one_that_the_code_writes() -> None:
    assert (ROOT / "docs" / "checks.md").read_text() == catalogue()


def test_each_check_is_listed_under_what_it_is_for_once() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(BUILT_IN)


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_example_is_right(name: str) -> None:
    example = use(settings_of(name).example)
    assert (example.name, faults(example)) == (name, ())


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_setting_is_described(name: str) -> None:
    assert [key for key, field in settings_of(name).model_fields.items() if not field.description] == []


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_schema_is_whole_in_itself(name: str) -> None:
    text = repr(schema(name))
    assert "$ref" not in text
    assert "$defs" not in text
    assert schema(name)["description"]


def test_a_schema_offers_the_bare_value_the_keys_and_nothing_where_nothing_is_needed() -> None:
    forms = schema("image")["anyOf"]
    assert [form.get("type", "either") for form in forms] == ["either", "object", "null"]
    assert forms[1]["additionalProperties"] is False
    assert list(schema("rendered")["properties"]) == ["from", "file", "tolerance", "severity"]
    assert schema("rendered")["required"] == ["from", "file"]


def test_there_is_no_schema_of_an_unknown_check_and_no_fault_in_it() -> None:
    with pytest.raises(KeyError):
        schema("nothing-of-the-kind")
    assert faults(CheckUse(name="nothing-of-the-kind", settings=3)) == ()


def test_the_keys_of_a_fault_lead_to_it_as_it_is_written() -> None:
    assert settings_faults("sections")(["A", []]) == (((1,), "must be a text, not a list"),)
    assert settings_faults("sections")({"titles": ["A", []]}) == ((("titles", 1), "must be a text, not a list"),)
    assert settings_faults("sections")(["A"]) == ()
    assert settings_faults("rendered")({"from": "a.svg"}) == ((("file",), "missing key"),)
    assert settings_faults("nothing-of-the-kind")(3) == ()


def test_faults_name_their_key() -> None:
    found = faults(use("findings: {file: r.yaml, critical: -1, majr: 0}"))
    assert found[1:] == ("majr: unknown key; known keys: critical, file, info, major, minor, rubric, severity",)
    assert found[0].startswith("critical: ")


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of docs/add-a-check.md, as installing it would leave it."""
    (source,) = blocks("python")
    (project,) = blocks("toml")
    (place,) = re.findall(r'^breath = "(.*)"$', project, re.MULTILINE)
    (tmp_path / "acme_checks.py").write_text(source)
    folder = tmp_path / "acme_checks-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-checks\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[orchestrator.checks]\nbreath = {place}\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("acme")
def test_the_example_of_a_check_of_ones_own_does_what_its_page_says() -> None:
    (gate,) = blocks("yaml")
    (text,) = blocks("markdown")
    (said,) = blocks("text")
    parsed = yaml.load(textwrap.dedent(gate), "gate.yaml")
    assert isinstance(parsed, dict)
    material = Material(files={"listing.md": text.encode()}, artifacts=("listing.md",))
    (result,) = judge([CheckUse.model_validate(each) for each in parsed["gate"]], material)
    assert (result.verdict, [str(finding) for finding in result.findings]) == (Verdict.FAIL, [said.strip()])
    assert faults(use(settings_of("breath").example)) == ()
