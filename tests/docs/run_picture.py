"""docs/run.svg: what `orchestrator demo` shows on a terminal, drawn from a real run. It needs a pseudo-terminal."""

import os
import pty
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pages import ROOT

PAGE = ROOT / "docs" / "run.svg"
COMMAND = ("orchestrator", "demo")
COLUMNS = 80

_SIZE, _LEADING, _ADVANCE, _MARGIN = 14, 21, 8.4, 24
"""Units of the drawing: the letters' size, the distance of lines, a letter's width, the space around."""
_PAPER, _INK = "#0d1117", "#e6edf3"
_INKS: Mapping[str, str] = {
    "31": "#ff7b72",
    "32": "#56d364",
    "33": "#e3b341",
    "36": "#56d4dd",
    "90": "#9da7b3",
    "2": "#9da7b3",
}
_ESCAPE = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")
_DURATION = re.compile(r"\d+\.\d s")


@dataclass(frozen=True)
class Piece:
    """Letters of one line in one style. `column`: where they begin, from 0."""

    column: int
    text: str
    ink: str = _INK
    is_bold: bool = False


def recorded(command: tuple[str, ...], folder: Path, environ: Mapping[str, str]) -> str:
    """Return what the command writes to a terminal of 80 columns, in `folder`."""
    environ = {
        **environ,
        "COLUMNS": str(COLUMNS),
        "GIT_CONFIG_NOSYSTEM": "1",
        "LC_ALL": "C.UTF-8",
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "TERM": "xterm-256color",
    }
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execvpe(command[0], command, environ)
    parts = []
    while part := _read(terminal):
        parts.append(part)
    os.close(terminal)
    os.waitpid(pid, 0)
    return b"".join(parts).decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:
        # Linux says so when the other side has gone.
        return b""


def lines(written: str) -> list[str]:
    """Return the lines as they stand in the end: a line that was cleared and written anew counts once."""
    return [line.split("\x1b[2K")[-1].strip("\r") for line in written.rstrip().split("\n")]


def pieces(line: str) -> Iterator[Piece]:
    """Yield the pieces of a line, its sequences read as colours."""
    column, ink, is_bold, at = 0, _INK, False, 0
    for found in [*_ESCAPE.finditer(line), None]:
        text = line[at : found.start() if found else len(line)]
        if text:
            yield Piece(column, text, ink, is_bold)
        column += len(text)
        if found is None:
            return
        at = found.end()
        for code in found[1].split(";"):
            ink, is_bold = (_INK, False) if code in ("", "0") else (_INKS.get(code, ink), is_bold or code == "1")


def drawing(written: str) -> str:
    """Return the picture of a command and what it wrote."""
    shown = ["\x1b[2m$\x1b[0m \x1b[1m" + " ".join(COMMAND) + "\x1b[0m", *lines(written)]
    width = round(COLUMNS * _ADVANCE + 2 * _MARGIN)
    height = (len(shown) - 1) * _LEADING + _SIZE + 2 * _MARGIN
    font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            f' role="img" font-family="{font}" font-size="{_SIZE}">',
            "<title>A run of orchestrator demo in a terminal</title>",
            f'<rect width="{width}" height="{height}" rx="10" fill="{_PAPER}" stroke="#30363d"/>',
            *(
                _text(piece, number)
                for number, line in enumerate(shown)
                for piece in pieces(line)
                if piece.text.strip()
            ),
            "</svg>\n",
        ]
    )


def _text(piece: Piece, number: int) -> str:
    left = len(piece.text) - len(piece.text.lstrip())
    text = piece.text.strip()
    x = _MARGIN + (piece.column + left) * _ADVANCE
    y = _MARGIN + _SIZE - 2 + number * _LEADING
    weight = ' font-weight="700"' if piece.is_bold else ""
    return (
        f'<text x="{x:.1f}" y="{y}" fill="{piece.ink}"{weight} xml:space="preserve"'
        f' textLength="{len(text) * _ADVANCE:.1f}" lengthAdjust="spacingAndGlyphs">{escape(text, quote=False)}</text>'
    )


def told(picture: str) -> list[str]:
    """Return the texts of a picture in their order; how long a step took is left out, for it is never the same."""
    texts = re.findall(r"<text [^>]*>([^<]*)</text>", picture)
    return [_DURATION.sub("… s", text) for text in texts]


def record(folder: Path, environ: Mapping[str, str]) -> str:
    """Return the picture of a new run, made in `folder`. Without SOURCE_DATE_EPOCH in `environ` it shows real times."""
    return drawing(recorded(COMMAND, folder, environ))
