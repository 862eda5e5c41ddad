"""The tour of the README prints what the README says, and so do the examples of the other pages."""

import os
import re
from pathlib import Path

import pytest
import tour
from pages import DOCS, ROOT

from orchestrator import publishers
from orchestrator.model.agent import BackendKind
from orchestrator.model.settings import Publisher
from orchestrator.publishers.interface import Delivery


def test_the_tour_prints_what_the_page_says(tmp_path: Path) -> None:
    page = tour.PAGE.read_text()
    told = list(tour.commands(tour.tour(page)))
    outputs = tour.run(told, tmp_path, os.environ)  # noqa: TID251  the hermetic one
    assert len(outputs) == len(told)
    assert tour.masked(tour.written(page, outputs)) == tour.masked(page)
    assert (tmp_path / "shop/published/board/index.html").is_file()


def test_every_output_of_the_tour_is_compared() -> None:
    told = list(tour.commands(tour.tour(tour.PAGE.read_text())))
    assert next(command.text for command in told if command.printed is None).startswith("mkdir")
    assert sum(bool(command.printed) for command in told) > 10
    assert tour.masked("tip 0123abc, step 4") == "tip ·······, step 4"


def test_a_merge_by_hand_takes_effect_in_the_tour() -> None:
    told = list(tour.commands(tour.tour(tour.PAGE.read_text())))
    (merge,) = (at for at, command in enumerate(told) if command.text.startswith("git merge -q --no-ff "))
    printed = told[merge + 2].printed
    assert printed is not None
    assert printed.startswith("✓ approve     approved   ada@example.com\n✓ publish     published\n")


def test_the_tour_ends_as_it_began_with_agents_that_cost_nothing() -> None:
    *_, last = tour.commands(tour.tour(tour.PAGE.read_text()))
    assert last.printed == "builtin: the cheapest fast model that can\n"


@pytest.fixture
def acme_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package of docs/extend.md, as installing it would leave it."""
    page = (DOCS / "extend.md").read_text()
    (source,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (place,) = re.findall(r'^zip = "(.*)"$', page, re.MULTILINE)
    (tmp_path / "acme_zip.py").write_text(source)
    folder = tmp_path / "acme_zip-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-zip\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[orchestrator.publishers]\nzip = {place}\n")
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("acme_zip")
def test_the_publisher_of_the_page_sends_once_and_can_be_asked(tmp_path: Path) -> None:
    said = Publisher.model_validate({"kind": "zip", "path": "parcels"})
    found = publishers.find(said, root=tmp_path)
    delivery = Delivery("k" * 64, "mug", "Mug", "publish", "parcels", {"listing.md": b"A mug.\n"})
    assert publishers.is_event(said)
    assert not found.look_up(delivery.key, "mug")
    assert found.send(delivery) == found.send(delivery) == f"mug-{'k' * 16}.zip"
    assert found.look_up(delivery.key, "mug")
    assert not found.look_up(delivery.key, "bowl")
    assert [path.name for path in (tmp_path / "parcels").iterdir()] == [f"mug-{'k' * 16}.zip"]


def test_the_builtin_agents_are_where_the_page_says() -> None:
    text = (ROOT / "orchestrator/agents/builtin/__init__.py").read_text()
    assert "_AGENTS = {" in text
    backends = (ROOT / "orchestrator/wiring/backends.py").read_text()
    assert [kind.name for kind in BackendKind if f"BackendKind.{kind.name}" not in backends] == []
