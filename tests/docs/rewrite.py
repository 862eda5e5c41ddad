"""Writes anew all that the pages take from the code and from real runs; read the difference in review.

python tests/docs/rewrite.py
"""

import os
import tempfile
from pathlib import Path

import key_tables
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
        run_picture.PAGE.write_text(run_picture.record(Path(made)))
    with tempfile.TemporaryDirectory() as made:
        (Path(made) / ".gitconfig").write_text(tour.IDENTITY)
        os.environ.update({**tour.ENVIRON, "HOME": made})  # noqa: TID251  run by hand, it is the edge
        samples.PAGE.write_text(samples.written(samples.PAGE.read_text(), samples.samples(samples.demo(Path(made)))))
        tour.rewrite(Path(made))


if __name__ == "__main__":
    main()
