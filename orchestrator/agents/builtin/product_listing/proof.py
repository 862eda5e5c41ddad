"""Proof: a page as far as its sources bear it out. What cannot be found again in them is not handed in."""

from collections.abc import Mapping

from orchestrator.content.grounding import Grounds, gather, ungrounded

_MOST_ROUNDS = 5
"""Taking a line out may part a quotation that went over two; each round takes out at least one."""


def borne_out(text: str, sources: Mapping[str, str] | Grounds, *, keep: int = 0) -> str:
    """Return the text without the lines whose figures, quotations or citations the sources do not bear out.

    The first `keep` lines stay whatever they say. A heading stays, without what it says.
    """
    grounds = sources if isinstance(sources, Grounds) else gather(sources)
    lines = text.split("\n")
    for _ in range(_MOST_ROUNDS):
        wrong = {claim.line - 1 for claim in ungrounded("\n".join(lines), grounds)}
        wrong = {place for place in wrong if place >= keep and lines[place].strip("#").strip()}
        if not wrong:
            break
        lines = [_bare(line) if place in wrong else line for place, line in enumerate(lines)]
        lines = [line for place, line in enumerate(lines) if place not in wrong or line]
    return "\n".join(lines)


def _bare(line: str) -> str:
    level = len(line) - len(line.lstrip("#"))
    return "#" * level + " Research" if level == 1 else ""
