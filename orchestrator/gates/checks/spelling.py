"""The check `spelling`: a text has none of the misspellings that codespell's lists know.

It is no dictionary: it knows mistakes, not words, so that a name or a new word is never one, and a misspelling that
nobody has listed is let pass. The lists are for English: words of other languages can be among its mistakes.
"""

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from orchestrator.content.spelling import Dictionary, Misspelling, misspellings
from orchestrator.gates.interface import Check, CheckSettings, Material, needs
from orchestrator.gates.reading import FilePath, file_field, read_list, read_texts
from orchestrator.model.finding import Finding
from orchestrator.model.names import shown


class Spelling(CheckSettings):
    """Settings of `spelling`."""

    bare: ClassVar[str | None] = "words"
    example: ClassVar[str] = "spelling: {words: /memory/words.txt, ignore: [wile]}"

    words: FilePath | None = Field(
        default=None, description="a file of words that are right here, one to a line; `#` begins a comment"
    )
    ignore: tuple[str, ...] = Field(default=(), description="more words that are right here; case does not count")
    dictionaries: tuple[Dictionary, ...] = Field(
        default=(Dictionary.CLEAR, Dictionary.RARE),
        min_length=1,
        description="codespell's lists of English misspellings to go by; the first that knows a word has the say",
    )
    only_english: bool = Field(
        default=False,
        description="whether paragraphs in another language are let pass; one too short to tell by is looked at",
    )
    file: FilePath | None = file_field("Markdown file")


def _run(material: Material, settings: Spelling) -> Iterator[Finding]:
    known = _known(material, settings)
    texts, faults = read_texts(material, settings.file)
    yield from faults
    try:
        for text in texts:
            for each in misspellings(text.text, settings.dictionaries, known, only_english=settings.only_english):
                yield _finding(each, text.path, settings)
    except ImportError as exc:
        raise needs("whatlang-pyo3" if exc.name == "whatlang" else "codespell") from exc


def _known(material: Material, settings: Spelling) -> frozenset[str]:
    listed = [entry.text for entry in read_list(material, settings.words)] if settings.words else []
    return frozenset(word.lower().replace("’", "'") for word in (*listed, *settings.ignore))


def _finding(each: Misspelling, path: str, settings: Spelling) -> Finding:
    reason = f" ({each.reason})" if each.reason else ""
    return Finding(
        severity=settings.severity,
        message=f"{shown(each.word)} is misspelt",
        file=path,
        line=each.line,
        suggestion=f"write {_listed(each.proposals)}{reason}; where the word is meant, put it on the list of words",
    )


def _listed(proposals: tuple[str, ...]) -> str:
    quoted = [repr(proposal) for proposal in proposals]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


CHECK = Check(
    "spelling",
    "An English text has none of the misspellings that codespell knows; it knows mistakes, not words.",
    Spelling,
    _run,
)
