"""Where one line of a text goes on in the next, and where a person wrote a fact a line. Knows no Markdown."""

import re

_WRAPPED_AT = 60
"""Characters: a shorter line was ended by its writer, not by the margin."""

_ENDS = re.compile(r"[.!?…:;][\"”“»’')\]*_]*$")


def goes_on(line: str, after: str, *, is_note: bool = False) -> bool:
    """Say whether `after`, the next line, is the same sentence or paragraph as `line`.

    A line that ends a sentence short of the margin ends there, and in a note (`is_note`) wherever it ends; one that
    ends none goes on where the next begins small, or where it was as long as lines are when a margin breaks them.
    """
    text, following = line.strip(), after.strip()
    ends = bool(_ENDS.search(text))
    if len(text) >= _WRAPPED_AT:
        return not (ends and is_note)
    if ends:
        return False
    return following[:1].islower() or text.endswith(",")


def cells_of(line: str) -> tuple[str, ...]:
    """Return the cells of a line of a Markdown table, empty for any other line and for the rule under its head."""
    text = line.strip()
    if not text.startswith("|") or text.count("|") < 3 or re.fullmatch(r"[|:\-\s]+", text):
        return ()
    inner = text.strip("|").replace("\\|", "\x00")
    return tuple(cell.replace("\x00", "|").strip() for cell in inner.split("|"))


def is_rule(line: str) -> bool:
    """Say whether a line is the rule under the head of a Markdown table."""
    return bool(re.fullmatch(r"\s*\|?(?:\s*:?-{2,}:?\s*\|?)+\s*", line)) and "|" in line
