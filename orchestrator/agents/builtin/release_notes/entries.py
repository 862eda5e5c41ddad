"""One change as one line, for notes and for a CHANGELOG. Whatever it says stands in the change's line of commits.yaml."""

from collections.abc import Sequence

from orchestrator.agents.builtin.release_notes.marked import marked
from orchestrator.agents.builtin.release_notes.record import Change
from orchestrator.content.grounding import gather, ungrounded
from orchestrator.content.words import fold

MOST_NAMES = 3
NO_WORDS = "A change that cannot be told in its own words"


def entry(change: Change, *, people: bool = True, is_break: bool = False) -> str:
    """Return `- **scope:** Title (`3f2a91c`, #12) by Ann Lee`; for a break what it says of it too.

    Words that could not be found again in the change are left out: nothing stands in the notes that it does not say.
    """
    words = told(change, is_break=is_break)
    grounds = gather({"commits.yaml": change.model_dump_json()})
    for said in (words, words.replace('"', "'"), NO_WORDS):
        line = _line(change, said, people=people)
        if not ungrounded(line, grounds):
            return line
    return f"- {NO_WORDS} ({reference(change)})"


def told(change: Change, *, is_break: bool = False) -> str:
    """Return the words of a change: its title, for a break with what it says of it."""
    title, note = change.told, change.breaking or ""
    if not is_break or fold(note).rstrip(".") in fold(title):
        return title
    if fold(title).rstrip(".") in fold(note):
        return _capital(note)
    return f"{title.rstrip('.')}. {_capital(note)}"


def reference(change: Change) -> str:
    """Return where a change can be looked up: its hash, and its pull request's number."""
    return f"`{change.short}`" + (f", #{change.pr}" if change.pr is not None else "")


def named(people: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names as prose lists them: `Ann`, `Ann and Bob`, `Ann, Bob and others`."""
    shown = [marked(name) for name in people[:most]]
    if len(people) > most:
        return f"{', '.join(shown)} and others"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def _line(change: Change, words: str, *, people: bool) -> str:
    scope = f"**{marked(change.scope)}:** " if change.scope else ""
    credit = f" by {named(change.by)}" if people and change.by else ""
    return f"- {scope}{marked(words)} ({reference(change)}){credit}"


def _capital(text: str) -> str:
    word = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if word.isalpha() else text
