"""The words of an entry, as notes should say them: short, in the imperative, without a full stop."""

import re

LONGEST = 110
"""Characters of an entry's words."""

_THIRD = {
    word: base
    for base, forms in {
        "Add": "Adds Added Adding",
        "Allow": "Allows Allowed Allowing",
        "Change": "Changes Changed Changing",
        "Correct": "Corrects Corrected",
        "Document": "Documents Documented Documenting",
        "Drop": "Drops Dropped Dropping",
        "Fix": "Fixes Fixed Fixing",
        "Handle": "Handles Handled Handling",
        "Implement": "Implements Implemented Implementing",
        "Improve": "Improves Improved Improving",
        "Introduce": "Introduces Introduced Introducing",
        "Make": "Makes Made Making",
        "Move": "Moves Moved Moving",
        "Prevent": "Prevents Prevented Preventing",
        "Refactor": "Refactors Refactored Refactoring",
        "Remove": "Removes Removed Removing",
        "Rename": "Renames Renamed Renaming",
        "Replace": "Replaces Replaced Replacing",
        "Support": "Supports Supported Supporting",
        "Update": "Updates Updated Updating",
        "Use": "Uses Used Using",
    }.items()
    for word in forms.split()
}
_MARK = re.compile(r"(?i)(?:fixup!|squash!|amend!|wip:?|\[wip\])\s{1,5}(?=\S)")
_AMBIGUOUS = re.compile(
    r"(?i)(?:changes|documents|fixes|supports|updates|uses|used|making|using|made) (?:of|for|in|to|and|from|by|with)\b"
)
"""`Fixes for X` and `Updates to X` are nouns."""
_ISSUE = re.compile(r"(?i)(?<!\band)(?<!\bor)(?<!\bof)(?<!\bto)(?<!\bin)(?<!\bfor)(?<!\bissue)(?<!,)\s#\d{1,9}(?=\.?$)")
_BREAKS = re.compile(r",\s|;\s|\s[–—-]\s|\s\(|:\s|\s(?=(?:when|if|so that|because|which|by|for|with|in|to|and)\s)")


def bettered(words: str) -> str:
    """Return an entry's words in better style; the very same where nothing is to be mended."""
    text = _MARK.sub("", words, count=1) if _MARK.match(words) else words
    first, _, rest = text.partition(" ")
    base = _THIRD.get(first.capitalize()) if first.isalpha() and (first.istitle() or first.islower()) else None
    if base and rest and not _AMBIGUOUS.match(text):
        text = f"{base} {rest}"
    text = _ISSUE.sub("", text) if _ISSUE.sub("", text).strip() else text
    if text[:-1].strip() and text.endswith(".") and not text.endswith(("..", "etc.", "e.g.")):
        text = text[:-1].rstrip()
    return shortened(text)


def fault(words: str) -> str:
    """Return what is not good in an entry's words; empty where nothing is."""
    said = [
        (bool(_MARK.match(words)), "begins with a mark that is for the history alone"),
        (len(words) > LONGEST, f"has {len(words)} characters; {LONGEST} can be taken in at a glance"),
        (words.endswith("."), "ends in a full stop, as a heading does not"),
        (bool(_ISSUE.search(words)), "repeats the number of an issue"),
    ]
    if bettered(words) == words:
        return ""
    return next((why for is_so, why in said if is_so), "is not in the imperative")


def shortened(words: str, longest: int = LONGEST) -> str:
    """Return words cut to at most so many characters, where a phrase ends or else between words, never within code."""
    if len(words) <= longest:
        return words
    ends = [
        mark.start()
        for mark in _BREAKS.finditer(words)
        if longest // 2 <= mark.start() <= longest and _is_whole(words[: mark.start()])
    ]
    if ends:
        return words[: ends[-1]].rstrip(" ,;:–—-")
    cut = words[: longest - 1].rsplit(" ", 1)[0]
    while not _is_whole(cut) and " " in cut:
        cut = cut.rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:–—-')} …" if _is_whole(cut) else words


def _is_whole(words: str) -> bool:
    """Whether code, brackets and quotations that begin in the words end there too."""
    pairs = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"))
    closed = all(words.count(opening) == words.count(closing) for opening, closing in pairs)
    return closed and words.count("`") % 2 == 0 and words.count('"') % 2 == 0 and not words.endswith("\\")
