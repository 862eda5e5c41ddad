"""The tour of README.md, run as a reader would paste it: one shell, an empty folder, the commands in their order.

A ```sh block is run for what it does. In a ```console block each line that begins with `$ ` is a command, and what
stands below it is what it must print. Commits, trees and keys are compared as ids, whatever their digits. `rewrite.py`
puts the outputs of a run into the page.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pages import ROOT

PAGE = ROOT / "README.md"
BEGIN, END = "<!-- the tour begins -->", "<!-- the tour ends -->"
ENVIRON: Mapping[str, str] = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "LC_ALL": "C.UTF-8",
    "SOURCE_DATE_EPOCH": "1767225600",
    "TZ": "UTC",
}
"""What makes two runs alike: the date 2026-01-01, durations of 0."""
IDENTITY = "[user]\n\tname = Ada Lovelace\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n"

_BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ID = re.compile(r"\b[0-9a-f]{7,64}\b")
_SEPARATOR = "\x1e"


@dataclass(frozen=True)
class Command:
    """One command, and what the page says that it prints; None where the page does not say."""

    text: str
    printed: str | None


def tour(page: str) -> str:
    """Return the part of the page that is run. Raises ValueError where the marks are missing."""
    return page[page.index(BEGIN) : page.index(END)]


def commands(text: str) -> Iterator[Command]:
    """Yield the commands of the tour in their order."""
    for kind, body in _BLOCK.findall(text):
        if kind == "sh":
            yield Command(body, None)
            continue
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            yield Command(command, printed)


def run(told: list[Command], folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Return what each command printed, stdout and stderr together. Nothing is typed; nobody is asked."""
    separator = f"printf '{_SEPARATOR}'\n"
    script = separator.join(f"{{ {command.text}\n}}\n" for command in told)
    ran = subprocess.run(
        ["bash", "-u"],
        cwd=folder,
        env={**environ, "PATH": f"{Path(sys.executable).parent}:{environ['PATH']}"},
        input=script,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return ran.stdout.split(_SEPARATOR)


def masked(text: str) -> str:
    """Return the text with every id as dots."""
    return _ID.sub(lambda found: "·" * len(found[0]), text)


def written(page: str, outputs: list[str]) -> str:
    """Return the page with what the commands printed."""
    told, left = tour(page), iter(outputs)

    def block(found: re.Match[str]) -> str:
        if found[1] == "sh":
            next(left)
            return found[0]
        parts = [f"$ {command.text}\n{next(left)}" for command in commands(found[0])]
        return f"```console\n{''.join(parts)}```"

    return page.replace(told, _BLOCK.sub(block, told))


def rewrite(folder: Path, environ: Mapping[str, str], file: Path = PAGE) -> None:
    """Run the tour of a page in a folder below `folder` and put what it printed into the page."""
    page = file.read_text()
    empty = folder / f"tour-{file.stem}"
    empty.mkdir()
    file.write_text(written(page, run(list(commands(tour(page))), empty, environ)))
