"""The tour of docs/your-own-pipeline.md. Besides its commands it has files: a block ```yaml PATH is written to PATH.

The block's fence names the path, so that a reader sees the file alone and a program knows where it goes.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import tour
from pages import DOCS

PAGE = DOCS / "your-own-pipeline.md"

_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_END = "END_OF_THE_FILE"


def told(page: str) -> Iterator[tour.Command | str]:
    """Yield the commands of the page in their order, and for each of its files the command that writes it."""
    for kind, path, body in _BLOCK.findall(tour.tour(page)):
        if path:
            yield f"cat > {path} <<'{_END}'\n{body}{_END}\n"
        else:
            yield from tour.commands(f"```{kind}\n{body}```")


def outputs(page: str, folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Follow the page in `folder`; return what its commands printed, those that wrote its files left out."""
    steps = list(told(page))
    commands = [tour.Command(step, None) if isinstance(step, str) else step for step in steps]
    printed = tour.run(commands, folder, environ)
    return [text for step, text in zip(steps, printed, strict=True) if not isinstance(step, str)]


def rewrite(folder: Path, environ: Mapping[str, str]) -> None:
    """Follow the page in `folder` and put what its commands printed into it."""
    page = PAGE.read_text()
    (folder / "own-pipeline").mkdir()
    PAGE.write_text(tour.written(page, outputs(page, folder / "own-pipeline", environ)))
