"""Writes anew all that the pages take from the code and from real runs; read the difference in review.

python tests/docs/rewrite.py
"""

import os
import tempfile
from pathlib import Path

import errors_page
import key_tables
import own_pipeline
import run_picture
import samples
import state_diagram
import tour
from pages import DOCS

from orchestrator.cli.reference import reference
from orchestrator.gates.catalogue import catalogue


def main() -> None:
    """Write every generated page, block and picture."""
    (DOCS / "commands.md").write_text(reference())
    (DOCS / "checks.md").write_text(catalogue())
    key_tables.PAGE.write_text(key_tables.written(key_tables.PAGE.read_text()))
    state_diagram.PAGE.write_text(state_diagram.written(state_diagram.PAGE.read_text()))
    with tempfile.TemporaryDirectory() as made:
        run_all(Path(made))


def run_all(folder: Path) -> None:
    """Write what is taken from runs: the picture with the times that it took, all else with fixed dates."""
    (folder / ".gitconfig").write_text(tour.IDENTITY)
    (folder / "timed").mkdir()
    environ = {**tour.ENVIRON, "HOME": str(folder), "PATH": os.defpath}
    timed = {name: value for name, value in environ.items() if name != "SOURCE_DATE_EPOCH"}
    run_picture.PAGE.write_text(run_picture.record(folder / "timed", timed))
    run_picture.record(folder, environ)
    found = samples.samples(folder / "orchestrator-demo")
    samples.PAGE.write_text(samples.written(samples.PAGE.read_text(), found))
    for page in (tour.PAGE, DOCS / "check.md", DOCS / "import.md"):
        tour.rewrite(folder, environ, page)
    own_pipeline.rewrite(folder, environ)
    (folder / "errors").mkdir()
    errors_page.PAGE.write_text(errors_page.written(errors_page.PAGE.read_text(), folder / "errors", environ))


if __name__ == "__main__":
    main()
