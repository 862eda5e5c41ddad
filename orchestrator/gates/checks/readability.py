"""The check `readability`: a text is as easy to read as its readers need it; no sentence and no paragraph is too long.

Of fewer than 100 words or 5 sentences a grade says nothing: that is a remark by the rule `too-short`, and no pass that
somebody could take for one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import ClassVar

from pydantic import Field, model_validator

from orchestrator.content.readability import Reading, reading
from orchestrator.content.sentences import Kind, Passage, Sentence, passages, sentences
from orchestrator.content.words import word_count
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import FilePath, Text, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown

FEWEST_WORDS = 100
FEWEST_SENTENCES = 5
MOST_NAMED = 20
"""Sentences, and paragraphs, that are named; of the rest it is said how many they are."""

_RUNNING = (Kind.PARAGRAPH, Kind.ITEM, Kind.QUOTATION)
"""A heading or a cell of a table is rarely a sentence, and would make every text look easy."""


class Readability(RuleSettings):
    """Settings of `readability`."""

    bare: ClassVar[str | None] = "max_grade"
    example: ClassVar[str] = "readability: {max_grade: 9, max_sentence: 30}"
    RULES: ClassVar[Mapping[str, Rule]] = {
        "grade": Rule("the Flesch–Kincaid grade is at most `max_grade`"),
        "ease": Rule("the Flesch reading ease is at least `min_ease`"),
        "sentence": Rule("no sentence has more than `max_sentence` words"),
        "mean": Rule("the sentences have at most `mean_sentence` words on average"),
        "paragraph": Rule("no paragraph has more than `max_paragraph` words"),
        "too-short": Rule("the text has the 100 words and 5 sentences that grade, ease and mean are of", Level.INFO),
    }

    max_grade: float | None = Field(
        default=None, description="the highest Flesch–Kincaid grade: years of school that a reader needs; English only"
    )
    min_ease: float | None = Field(
        default=None, description="the lowest Flesch reading ease: 60 is plain English, 100 very easy; English only"
    )
    max_sentence: int | None = Field(
        default=None, ge=1, description="the most words of a sentence, a heading or a cell of a table"
    )
    mean_sentence: float | None = Field(
        default=None, ge=1, description="the most words that sentences may have on average; no headings, no tables"
    )
    max_paragraph: int | None = Field(
        default=None, ge=1, description="the most words of a paragraph, item or quotation"
    )
    language: str = Field(
        default="en", pattern=r"^[a-z]{2}$", description="the language of the text, as two letters of ISO 639-1"
    )
    file: FilePath | None = file_field("Markdown file")

    @model_validator(mode="after")
    def _fitting(self) -> "Readability":
        if self.language != "en" and (self.max_grade is not None or self.min_ease is not None):
            raise ValueError(
                f"max_grade and min_ease hold for English alone, and the language is {self.language!r}; "
                "use max_sentence, mean_sentence or max_paragraph"
            )
        limits = (self.max_grade, self.min_ease, self.max_sentence, self.mean_sentence, self.max_paragraph)
        if all(limit is None for limit in limits):
            raise ValueError("needs one of max_grade, min_ease, max_sentence, mean_sentence, max_paragraph")
        return self


@dataclass(frozen=True, slots=True)
class _Judged:
    """A text as the rules see it: all its sentences, those of running text, and what the formulas need of these."""

    path: str
    passages: tuple[Passage, ...]
    sentences: tuple[Sentence, ...]
    running: tuple[Sentence, ...]

    @property
    def words(self) -> int:
        return sum(sentence.words for sentence in self.running)


def _run(material: Material, settings: Readability) -> Iterator[Finding]:
    texts, faults = read_texts(material, settings.file)
    yield from faults
    for text in texts:
        judged = _read(text)
        found = chain(*(rule(judged, settings) for rule in _RULES))
        yield from (finding for finding in found if finding)


def _read(text: Text) -> _Judged:
    found = passages(text.text)
    parted = [(passage.kind, sentence) for passage in found for sentence in sentences(passage)]
    running = tuple(sentence for kind, sentence in parted if kind in _RUNNING)
    return _Judged(text.path, found, tuple(sentence for _, sentence in parted), running)


def _long_sentences(judged: _Judged, settings: Readability) -> Iterator[Finding | None]:
    most = settings.max_sentence
    if most is None:
        return
    long = [sentence for sentence in judged.sentences if sentence.words > most]
    for sentence in long[:MOST_NAMED]:
        message = f"a sentence of {sentence.words} words; at most {most} are wanted: {shown(sentence.text)}"
        yield settings.finding("sentence", message, judged.path, sentence.line, "make two of it, or leave words out")
    yield _more("sentence", long, f"longer than {most} words", judged, settings)


def _long_paragraphs(judged: _Judged, settings: Readability) -> Iterator[Finding | None]:
    most = settings.max_paragraph
    if most is None:
        return
    counted = [(word_count(each.text), each) for each in judged.passages if each.kind in _RUNNING]
    long = [(count, each) for count, each in counted if count > most]
    for count, each in long[:MOST_NAMED]:
        message = f"a paragraph of {count} words; at most {most} are wanted"
        yield settings.finding("paragraph", message, judged.path, each.line, "part it where the thought turns")
    yield _more("paragraph", long, f"longer than {most} words", judged, settings)


def _more(noun: str, found: Sequence[object], how: str, judged: _Judged, settings: Readability) -> Finding | None:
    rest = len(found) - MOST_NAMED
    if rest <= 0:
        return None
    message = f"{rest} more {noun}{'' if rest == 1 else 's'} {'is' if rest == 1 else 'are'} {how}"
    return settings.finding(noun, message, judged.path)


def _whole(judged: _Judged, settings: Readability) -> Iterator[Finding | None]:
    if settings.max_grade is None and settings.min_ease is None and settings.mean_sentence is None:
        return
    measured = reading(sentence.text for sentence in judged.running)
    count = measured.words if settings.language == "en" else judged.words
    if count < FEWEST_WORDS or (len(judged.running) < FEWEST_SENTENCES and count < FEWEST_SENTENCES * FEWEST_WORDS):
        message = (
            f"too short to be judged as a whole: {_counted(count, 'word')} in "
            f"{_counted(len(judged.running), 'sentence')}; {FEWEST_WORDS} in {FEWEST_SENTENCES} are needed"
        )
        yield settings.finding("too-short", message, judged.path)
        return
    yield _mean(judged, settings)
    yield from _measured(measured, judged, settings)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _mean(judged: _Judged, settings: Readability) -> Finding | None:
    most = settings.mean_sentence
    mean = judged.words / len(judged.running)
    if most is None or mean <= most:
        return None
    message = f"the sentences have {_over(mean, most)} words on average; at most {most:g} are wanted"
    return settings.finding("mean", message, judged.path, suggestion="part the longest ones")


def _measured(measured: Reading, judged: _Judged, settings: Readability) -> Iterator[Finding | None]:
    most, least = settings.max_grade, settings.min_ease
    if most is not None and measured.grade > most:
        message = f"the Flesch–Kincaid grade is {_over(measured.grade, most)}; at most {most:g} is wanted"
        yield settings.finding("grade", message, judged.path, suggestion=_SUGGESTION)
    if least is not None and measured.ease < least:
        message = f"the Flesch reading ease is {_over(measured.ease, least)}; at least {least:g} is wanted"
        yield settings.finding("ease", message, judged.path, suggestion=_SUGGESTION)


def _over(value: float, limit: float) -> str:
    """Return the figure with as few places as tell it from the limit, one at least."""
    return next((text for places in range(1, 7) if float(text := f"{value:.{places}f}") != limit), repr(value))


_SUGGESTION = "write shorter sentences, and shorter words"
_RULES: tuple[Callable[[_Judged, Readability], Iterator[Finding | None]], ...] = (
    _long_sentences,
    _long_paragraphs,
    _whole,
)

CHECK = Check(
    "readability",
    "A text is easy enough to read: its grade, its sentences, its paragraphs. Code and front matter do not count.",
    Readability,
    _run,
)
