"""Fenced code of Markdown, as CommonMark has it: which lines belong to it. Pure; the one reader of fences."""

import re
from collections.abc import Iterable

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def fenced(lines: Iterable[str]) -> list[bool]:
    """Say of each line whether it belongs to fenced code, the fences included. An open fence runs to the end."""
    marks: list[bool] = []
    fence = ""
    for line in lines:
        match = _FENCE.fullmatch(line.rstrip("\r")) if "```" in line or "~~~" in line else None
        if fence:
            marks.append(True)
            fence = "" if match and _closes(match, fence) else fence
            continue
        opens = match is not None and not (match.group(1)[0] == "`" and "`" in match.group(2))
        fence = match.group(1) if match and opens else ""
        marks.append(opens)
    return marks


def _closes(match: re.Match[str], fence: str) -> bool:
    run = match.group(1)
    return run[0] == fence[0] and len(run) >= len(fence) and not match.group(2).strip()
