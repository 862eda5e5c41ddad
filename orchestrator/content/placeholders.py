"""What stands in a text until somebody writes the text: marks, fillers, a model's words about itself. Knows English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_NOT_A_LINK = r"(?![(\[:])"
_TODO = (
    r"(?<![\w.])(?:TODO|FIXME|TBD|XXX)(?![\w-]|\.\w)(?! (?:lists?|apps?|items?|comments?)\b)",
    rf"\[(?i:(?:insert|fill in|replace with|placeholder|your)\b[^\[\]\n]{{1,80}})(?<! key)\]{_NOT_A_LINK}",
    rf"\[(?i:(?:company|product|brand|customer|client|recipient|sender|first|last|full) name)\]{_NOT_A_LINK}",
    r"<(?i:(?:your|insert)[ _-][a-z][a-z0-9 _-]{0,60})>",
    r"(?<![\w*\\])_{3,}(?![\w*])",
    r"(?<!\\_)(?:\\_){3,}",
)
_LATIN = (
    "lorem ipsum",
    "dolor sit amet",
    "consectetur adipiscing",
    "consectetur adipisicing",
    "sed do eiusmod",
    "ut labore et dolore",
    "quis nostrud exercitation",
    "duis aute irure",
    "excepteur sint occaecat",
    "cupidatat non proident",
)
_HEAD = r"^[ \t>*_#-]{0,20}"
_I_AM = r"\bI(?:'m| am)"
_CANNOT = r"(?:cannot|can't|can not|am unable to|'m unable to)"
_AS_AN_AI = (
    r"\bas an? (?:AI |large |AI[- ]powered )?language model\b",
    r"\bas an (?:AI|artificial intelligence)(?: (?:model|assistant|chatbot|system))?,? I\b",
    rf"{_I_AM} (?:just |only )?an? (?:AI|(?:large )?language model)(?: (?:model|assistant|chatbot))?(?=[,.;:!]| and )",
    rf"{_I_AM} (?:sorry|afraid),? (?:but )?I ?{_CANNOT} (?:assist|help|comply|provide|create|generate|write)\b",
    rf"\bI ?{_CANNOT} (?:fulfill?\b|(?:comply|assist|help) with (?:this|that|your)\b)",
    r"\bas of my (?:last|latest|most recent) (?:knowledge |training )?(?:update|cut-?off|training)\b",
    r"\bmy (?:knowledge|training) cut-?off\b",
    rf"{_HEAD}(?:sure|certainly|absolutely|of course)[!,.:] (?:here(?:'s| is| are)|I(?:'ll| will|'d)|let me|below)\b",
    rf"{_HEAD}here(?:'s| is| are) (?:the|your|an?|my) (?:revised|updated|corrected|polished|improved|rewritten|edited"
    r"|refined|requested|reworked|final)\b[^\n:]{0,80}:[ \t*_]{0,10}$",
    r"\bI hope (?:this|that) helps\b",
    r"\blet me know if you(?:'d| would) like (?:me to|any|further|more)\b",
    r"\bwould you like me to\b",
)
_TEMPLATE = (
    r"\{\{[^{}\n]{1,200}\}\}",
    r"\{%[^%\n]{1,200}%\}",
    r"\{#[^#{}\n]{1,200}#\}",
    r"<%[^%\n]{1,200}%>",
    r"\$\{[A-Za-z_][\w.]{0,80}(?::?-[^{}\n]{0,80})?\}(?![$^_])",
)
_EXAMPLE = (
    r"(?<![\w.+-])(?:[\w.+-]{1,60}@)?(?:www\.)?example\.(?:com|net|org)(?![\w-]|\.\w)",
    r"\b(?:john|jane) doe\b",
    r"\bacme (?:corp|inc|corporation|company)\b",
)


def _any(patterns: tuple[str, ...], flags: str = "") -> re.Pattern[str]:
    return re.compile(flags + "|".join(patterns))


_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "todo": _any(_TODO),
    "lorem": re.compile(r"(?i)\b(?:" + "|".join(_LATIN).replace(" ", r"\s{1,20}") + r")\b"),
    "as-an-ai": _any(tuple(pattern.replace("'", "['’]") for pattern in _AS_AN_AI), "(?im)"),
    "template": _any(_TEMPLATE),
    "example": _any(_EXAMPLE, "(?i)"),
}
_BREAK = re.compile(r"(?m)^[ \t]*(?:_[ \t]*){3,}$")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands in the place of a text, and the 1-based line that it begins on."""

    line: int
    text: str


def placeholders(text: str, kind: str) -> Iterator[Placeholder]:
    """Return the first of each line, in order. Kinds: `todo`, `lorem`, `as-an-ai`, `template`, `example`."""
    line, reached, told = 1, 0, 0
    for match in _PATTERNS[kind].finditer(_BREAK.sub("", text)):
        line += match.string.count("\n", reached, match.start())
        reached = match.start()
        if line > told:
            told = line
            yield Placeholder(line, match.group().strip())
