"""GitHub's tables for markdown-it-py, kept to what is judged of them: the rows, and the cells with more than words.

The library's own rule says what is a table. It would make eleven tokens of a row with three cells, which is most of the
time that a text of tables takes. Renders nothing.
"""

import re
from collections.abc import Callable, Iterator

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import MAX_AUTOCOMPLETED_CELLS, getLine

_Rule = Callable[[StateBlock, int, int, bool], bool]

CELL_END = re.compile(r"(?<!\\)\|")


def keep_rows(parser: MarkdownIt, marked: re.Pattern[str]) -> None:
    """Have the parser make a `table_open`, a `row` for each row below the head, and an `inline` for each marked cell.

    `marked` is what such a cell holds. A `row` knows the columns of the head as `meta["wanted"]`.
    """
    rules = dict(zip(parser.block.ruler.get_active_rules(), parser.block.ruler.getRules(""), strict=True))
    parser.block.ruler.at("table", _kept(rules["table"], marked), {"alt": ["paragraph", "reference"]})


def _kept(rule: _Rule, marked: re.Pattern[str]) -> _Rule:
    def run(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001  # the library calls it so
        if not rule(state, start, end, True):  # noqa: FBT003  # silent: it says whether, and makes nothing
            return False
        if not silent:
            _table(state, start, end, marked)
        return True

    return run


def _table(state: StateBlock, start: int, end: int, marked: re.Pattern[str]) -> None:
    before, state.parentType = state.parentType, "table"
    table = state.push("table_open", "table", 0)
    wanted = len(_row(state, start))
    _cells(state, start, wanted, marked)
    below = start + 2
    for below in _rows(state, start + 2, end, wanted):
        row = state.push("row", "tr", 0)
        row.map, row.meta = [below - 1, below], {"wanted": wanted}
        _cells(state, below - 1, wanted, marked)
    table.map = [start, below]
    state.parentType, state.line = before, below


def _rows(state: StateBlock, first: int, end: int, wanted: int) -> Iterator[int]:
    """Yield for each row the line after it. Cells that are left out are bounded, as the library bounds them."""
    left_out = 0
    for line in range(first, end):
        if _ends_table(state, line, end):
            return
        left_out += wanted - len(_row(state, line))
        if left_out > MAX_AUTOCOMPLETED_CELLS:
            return
        yield line + 1


def _ends_table(state: StateBlock, line: int, end: int) -> bool:
    if state.sCount[line] < state.blkIndent:
        return True
    if not mdTrim(getLine(state, line)) or state.is_code_block(line):
        return True
    if state.src.startswith("|", state.bMarks[line] + state.tShift[line]):
        return False  # no other block begins with a bar
    others = state.md.block.ruler.getRules("blockquote")
    return any(rule(state, line, end, True) for rule in others)  # noqa: FBT003  # silent


def _row(state: StateBlock, line: int) -> list[str]:
    """Return the cells as written, without what stands before the first bar and behind the last where it is nothing."""
    cells = CELL_END.split(mdTrim(getLine(state, line)))
    first = 1 if cells[0] == "" else 0
    last = len(cells) - 1 if cells[-1] == "" and len(cells) > first else len(cells)
    return cells[first:last]


def _cells(state: StateBlock, line: int, wanted: int, marked: re.Pattern[str]) -> None:
    if not marked.search(state.src, state.bMarks[line], state.eMarks[line]):
        return
    for cell in _row(state, line)[:wanted]:
        if marked.search(cell):
            token = state.push("inline", "", 0)
            token.map, token.content = [line, line + 1], mdTrim(cell.replace("\\|", "|"))
