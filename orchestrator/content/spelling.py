"""Known misspellings in English prose, by codespell's lists: mistakes, not words. What stands in no list is let pass.

The lists are read from the installed library once and kept; they are the library's own files, in the form
`wrong->right` or `wrong->right, other,` where there are several proposals. What stands behind the last comma is why a
proposal is to be looked at before it is taken. Loading a list may raise ImportError, and so may telling a language.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from orchestrator.content.languages import length, tell
from orchestrator.content.markdown import front_matter_lines
from orchestrator.content.sentences import Kind, passages

_TOKEN = re.compile(r"[\w'’-]+")
"""A word as codespell takes it."""
_EDGES = "'’-_"
_NO_LETTER = re.compile(r"[\d_]")
_HUMP = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_POSSESSIVE = re.compile(r"['’][sS]\Z")
_VALUE = re.compile(r"[ \t-]*(?:[^\s\"':#][^\"':#\n]{0,100}:(?=[ \t]|$))?")
_ADDRESS = re.compile(r"://|^www\.|@|\\|\w\.\w|/[^/]*/|^~?/")
_REACH = 200
"""Characters to either side of a word that are looked at for an address around it."""
_FEWEST_LETTERS = 3
"""Of a part of a word, that it be looked at by itself: `ot-` is no mistake for `to`."""


_SENTENCE_ENDS = (".", "!", "?", "…", ":")
_WRAPPING = " \t\n\"'“”‘’«»()[]"
_FEWEST_CHARACTERS = 100
_SURE = 0.5
"""A passage of so many characters is told to be in another language, if with this confidence."""


class Dictionary(StrEnum):
    """A list of codespell's, by the name that its `--builtin` knows."""

    CLEAR = "clear"
    RARE = "rare"
    CODE = "code"
    NAMES = "names"
    INFORMAL = "informal"
    USAGE = "usage"
    BRITISH_TO_AMERICAN = "en-GB_to_en-US"


@dataclass(frozen=True, slots=True)
class Misspelling:
    """A misspelt word as it stands, on its 1-based line; what may be meant, in its case; and a reason to look twice."""

    word: str
    line: int
    proposals: tuple[str, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Stretch:
    line: int
    text: str
    has_sentences: bool = False


def misspellings(
    text: str, dictionaries: Sequence[Dictionary], known: Set[str], *, only_english: bool = False
) -> Iterator[Misspelling]:
    """Return the misspelt words of a Markdown text's prose and of the values of its front matter, line by line.

    Code, addresses, e-mail, paths of files, names with digits and, within a sentence, capitalised words are not looked
    at. A word of `known`, which holds words in small letters, is right. `only_english`: longer passages in another
    language are left out. Raises ImportError where codespell, or what tells languages, is not installed.
    """
    lists = [_read(dictionary) for dictionary in dictionaries]
    stretches = [*_values(text), *_prose(text, only_english=only_english)]
    wrong: dict[str, list[tuple[str, str]]] = {}
    for token in {token for stretch in stretches for token in _TOKEN.findall(stretch.text)}:
        if mistakes := list(_mistakes(token, lists, known)):
            wrong[token] = mistakes
    if wrong:
        for stretch in stretches:
            yield from _in_stretch(stretch, wrong)


@lru_cache(maxsize=len(Dictionary))
def _read(dictionary: Dictionary) -> Mapping[str, str]:
    """Return misspelt word → what stands behind the arrow, all in small letters, as codespell reads them."""
    part = "" if dictionary is Dictionary.CLEAR else f"_{dictionary}"
    text = files("codespell_lib").joinpath("data", f"dictionary{part}.txt").read_text("utf-8")
    return dict(line.split("->", 1) for line in text.lower().split("\n") if "->" in line)


def _values(text: str) -> Iterator[_Stretch]:
    lines = text.split("\n", front_matter_lines(text))[: front_matter_lines(text)]
    for number, line in enumerate(lines, start=1):
        key = _VALUE.match(line)
        yield _Stretch(number, re.split(r"(?:^|\s)#", line[key.end() if key else 0 :], maxsplit=1)[0])


def _prose(text: str, *, only_english: bool) -> Iterator[_Stretch]:
    for passage in passages(text):
        if not (only_english and _is_foreign(passage.text)):
            yield _Stretch(passage.line, passage.text, has_sentences=passage.kind is not Kind.HEADING)


def _is_foreign(text: str) -> bool:
    told = tell(text) if length(text) >= _FEWEST_CHARACTERS else None
    return told is not None and told.language.code != "en" and told.confidence >= _SURE


def _mistakes(token: str, lists: Sequence[Mapping[str, str]], known: Set[str]) -> Iterator[tuple[str, str]]:
    """Return the misspelt parts of a word, or the word as a whole, each with what the lists say of it."""
    word = token.strip(_EDGES)
    if _NO_LETTER.search(word):
        return
    for part in _candidates(word):
        plain = part.lower().replace("’", "'")
        said = None if plain in known else next((each[plain] for each in lists if plain in each), None)
        if said is not None:
            yield part, said
        if part == word and (said is not None or plain in known):
            return


def _candidates(word: str) -> Iterator[str]:
    """Return the word, and what it is made of: `recieve's`, `recieve-all`, `RecieveAll`."""
    yield word
    bare = _POSSESSIVE.sub("", word)
    parts = [part for whole in bare.split("-") for part in (whole, *_HUMP.split(whole))]
    yield from (part for part in dict.fromkeys(parts) if len(part) >= _FEWEST_LETTERS and part != word)


def _in_stretch(stretch: _Stretch, wrong: Mapping[str, list[tuple[str, str]]]) -> Iterator[Misspelling]:
    line, reached = stretch.line, 0
    for match in _TOKEN.finditer(stretch.text):
        if match.group() not in wrong or _is_in_address(stretch.text, match):
            continue
        if stretch.has_sentences and _is_name(stretch.text, match):
            continue
        line += stretch.text.count("\n", reached, match.start())
        reached = match.start()
        for word, said in wrong[match.group()]:
            yield _misspelling(word, line, said)


def _is_in_address(text: str, match: re.Match[str]) -> bool:
    before = text[max(match.start() - _REACH, 0) : match.start()]
    after = text[match.end() : match.end() + _REACH]
    head = "" if before[-1:].isspace() else before.rsplit(maxsplit=1)[-1:]
    tail = "" if after[:1].isspace() else after.split(maxsplit=1)[:1]
    chunk = "".join([*head, match.group(), *tail])
    return _ADDRESS.search(chunk.strip("\"'“”‘’«»()[]{}<>.,;:!?")) is not None


def _is_name(text: str, match: re.Match[str]) -> bool:
    """Say whether a word is capitalised and begins no sentence; in a heading each word may be."""
    word = match.group().strip(_EDGES)
    if not (word[0].isupper() and word[1:].islower()):
        return False
    before = text[max(match.start() - _REACH, 0) : match.start()].rstrip(_WRAPPING)
    return before != "" and not before.endswith(_SENTENCE_ENDS)


def _misspelling(word: str, line: int, said: str) -> Misspelling:
    *proposals, reason = said.split(",") if "," in said else (said, "")
    meant = tuple(_in_manner_of(word, proposal.strip()) for proposal in proposals if proposal.strip())
    return Misspelling(word, line, meant, reason.strip() or None)


def _in_manner_of(word: str, proposal: str) -> str:
    """Return the proposal in the word's case, with its apostrophe."""
    written = proposal.replace("'", "’") if "’" in word else proposal
    if len(word) > 1 and word.isupper():
        return written.upper()
    return written[:1].upper() + written[1:] if word[:1].isupper() else written
