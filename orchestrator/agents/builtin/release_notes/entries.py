"""One change as one line, for notes and for a CHANGELOG. All that it says stands in its line of commits.yaml."""

from collections.abc import Iterable, Sequence

from orchestrator.agents.builtin.release_notes.marked import in_cell, marked
from orchestrator.agents.builtin.release_notes.record import Change
from orchestrator.content.grounding import gather, ungrounded
from orchestrator.content.words import fold

MOST_NAMES = 3
MOST_REFERENCES = 8
NO_WORDS = "A change that cannot be told in its own words"


def entry(change: Change, *others: Change, people: bool = True, is_break: bool = False) -> str:
    """Return `- **scope:** Title (`3f2a91c`, #12) by Ann Lee`; for a break what it says of it too.

    `others` are told in the same words. Words that could not be found again in the change are left out: nothing stands
    in the notes that it does not say.
    """
    words = told(change, is_break=is_break)
    all_of_it = (change, *others)
    grounds = gather({"commits.yaml": "\n".join(each.model_dump_json() for each in all_of_it)})
    for said in (words, words.replace('"', "'"), NO_WORDS):
        line = _line(all_of_it, said, people=people)
        if not ungrounded(line, grounds):
            return line
    return f"- {NO_WORDS} ({_references(all_of_it)})"


def entries(changes: Iterable[Change], *, people: bool = True) -> list[str]:
    """Return a line for each change; those that say the same words share one."""
    alike: dict[tuple[str | None, str], list[Change]] = {}
    for change in changes:
        alike.setdefault((change.scope, change.told.casefold()), []).append(change)
    return [entry(*group, people=people) for group in alike.values()]


def told(change: Change, *, is_break: bool = False) -> str:
    """Return the words of a change: its title, for a break with what it says of it."""
    title, note = change.told, change.breaking or ""
    if not is_break or fold(note).rstrip(".") in fold(title):
        return title
    if fold(title).rstrip(".") in fold(note):
        return _capital(note)
    return f"{title.rstrip('.')}. {_capital(note).rstrip('.')}"


def reference(change: Change) -> str:
    """Return where a change can be looked up: its hash, and its pull request's number."""
    return f"`{change.short}`" + (f", #{change.pr}" if change.pr is not None else "")


def named(people: Sequence[str], most: int = MOST_NAMES) -> str:
    """Return names as prose lists them: `Ann`, `Ann and Bob`, `Ann, Bob and others`."""
    shown = [in_cell(name) for name in people[:most]]
    if len(people) > most:
        return f"{', '.join(shown)} and others"
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))


def _line(changes: Sequence[Change], words: str, *, people: bool) -> str:
    scope = f"**{marked(changes[0].scope)}:** " if changes[0].scope else ""
    who = tuple(dict.fromkeys(name for change in changes for name in change.by))
    credit = f" by {named(who)}" if people and who else ""
    return f"- {scope}{marked(words)} ({_references(changes)}){credit}"


def _references(changes: Sequence[Change]) -> str:
    more = ", …" if len(changes) > MOST_REFERENCES else ""
    return ", ".join(reference(change) for change in changes[:MOST_REFERENCES]) + more


def _capital(text: str) -> str:
    word = text.split(" ", 1)[0]
    return text[:1].upper() + text[1:] if word.isalpha() else text
