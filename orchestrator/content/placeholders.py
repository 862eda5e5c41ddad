"""What stands in a text until somebody writes the text: marks, fillers, a model's words about itself. Knows English."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from operator import methodcaller

_NOT_A_LINK = r"(?![(\[:])"
_HEAD = r"^[ \t>*_#-]{0,20}"
_BETWEEN = r"(?:[\s*_]|<[^<>\n]{1,40}>){1,20}"
_CANNOT = r"(?:cannot|can't|can not|am unable to|'m unable to)"

_FORMS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "todo": (
        *(
            (mark.lower(), rf"{mark}(?<![\w.]{mark})(?![\w-]|\.\w)(?! (?:lists?|apps?|items?|comments?)\b)")
            for mark in ("TODO", "FIXME", "TBD", "TBA", "XXX")
        ),
        *(
            (
                f"[{mark} ",
                rf"\[(?i:{mark} [^\[\]\n]{{1,80}})(?<! key)\]{_NOT_A_LINK}",
            )
            for mark in ("insert", "fill in", "replace with", "placeholder", "your")
        ),
        (
            " name]",
            rf"\[(?i:(?:company|product|brand|customer|client|recipient|sender|first|last|full) name)\]{_NOT_A_LINK}",
        ),
        *(
            (f"[{word}]", rf"(?<![\w\]!])\[(?:{word.capitalize()}|{word.upper()})\]{_NOT_A_LINK}")
            for word in ("name", "date", "company", "address")
        ),
        *((f"[{word}]", rf"(?<![\w\]!])\[(?i:{word})\]{_NOT_A_LINK}") for word in ("insert", "placeholder")),
        ("<your", r"<(?i:your[ _-][a-z][a-z0-9 _-]{0,60})>"),
        ("<insert", r"<(?i:insert[ _-][a-z][a-z0-9 _-]{0,60})>"),
        ("___", r"___(?<![\w*\\]___)(?<!:___)(?<!: ___)_*(?![\w*])"),
        (r"\_\_\_", r"(?<!\\_)(?<!:)(?<!: )(?:\\_){3,}"),
    ),
    "lorem": tuple(
        (max(words.split(), key=len), r"(?i)\b" + words.replace(" ", _BETWEEN) + r"\b")
        for words in (
            "lorem ipsum",
            "dolor sit amet",
            "consectetur adipiscing",
            "consectetur adipisicing",
            "sed do eiusmod",
            "labore et dolore magna",
            "nostrud exercitation",
            "duis aute irure",
            "excepteur sint occaecat",
            "cupidatat non proident",
        )
    ),
    "as-an-ai": tuple(
        (needle, "(?im)" + pattern.replace("'", "['’]"))
        for needle, pattern in (
            ("language model", r"\bas an? (?:AI |large |AI[- ]powered )?language model\b"),
            (
                "as an a",
                r"\bas an (?:AI|artificial intelligence)(?: (?:model|assistant|chatbot|system))?,?"
                r" (?:I|(?:developed|trained|created|built|made) by)\b",
            ),
            ("an ai", r"\bI(?:'m| am) (?:just |only )?an AI(?: (?:model|assistant|chatbot))?(?=[,.;:!]| and )"),
            ("language model", r"\bI(?:'m| am) (?:just |only )?a (?:large )?language model\b"),
            (
                ", but i",
                rf"\bI(?:'m| am) (?:sorry|afraid), but I ?{_CANNOT} (?:assist|help|comply|provide|create|write)\b",
            ),
            ("fulfil", rf"\bI ?{_CANNOT} fulfill?\b"),
            *(
                (f"{verb} with ", rf"\bI ?{_CANNOT} {verb} with (?:this|that|your)\b")
                for verb in ("comply", "assist", "help")
            ),
            (
                "as of my ",
                r"\bas of my (?:last|latest|most recent) (?:knowledge |training )?(?:update|cut-?off|training)\b",
            ),
            ("my knowledge cut", r"\bmy knowledge cut-?off\b"),
            (
                "here",
                rf"{_HEAD}(?:sure|certainly|absolutely|of course)[!,.:] here(?:'s| is| are)\b",
            ),
            ("below", rf"{_HEAD}(?:sure|certainly|absolutely|of course)[!,.:] below\b"),
            (
                "here",
                rf"{_HEAD}here(?:'s| is| are) [^\n:]{{0,80}}\byou(?:'ve| have)? (?:asked|requested)\b[^\n:]{{0,40}}:?",
            ),
            ("sure", rf"{_HEAD}sure[!,.:] (?:I(?:'ll| will|'d)|let me)\b"),
            (
                "here",
                rf"{_HEAD}here(?:'s| is| are) (?:the|your|an?|my) (?:revised|updated|corrected|polished|improved"
                r"|rewritten|edited|refined|requested|reworked|final)\b[^\n:]{0,80}:[ \t*_]{0,10}$",
            ),
            ("helps", r"\bI hope (?:this|that) helps\b"),
            ("let me know if you", r"\blet me know if you(?:'d| would) like (?:me to|any|further|more)\b"),
            ("would you like me to", r"\bwould you like me to\b"),
        )
    ),
    "template": (
        ("{{", r"\{\{[^{}\n]{1,200}\}\}"),
        ("{%", r"\{%[^%\n]{1,200}%\}"),
        ("{#", r"\{#[^#{}\n]{1,200}#\}"),
        ("<%", r"<%[^%\n]{1,200}%>"),
        ("${", r"\$\{[A-Za-z_][\w.]{0,80}(?::?-[^{}\n]{0,80})?\}(?![$^_])"),
    ),
    "example": (
        (
            "example.",
            r"(?i)(?<![\w.+-])(?:[\w.+-]{1,60}@)?(?:www\.)?example\.(?:com|net|org)(?![\w-]|\.\w)",
        ),
        (" doe", r"(?i)\b(?:john|jane) doe\b"),
        ("acme ", r"(?i)\bacme (?:corp|inc|corporation|company)\b"),
    ),
}
"""Kind → what to look for: a needle in lower case that is quickly found or not, and the pattern where it is there.

But for `lorem`, which is poured over lines, what is looked for stands on one line.
"""

_PATTERNS = {kind: tuple((needle, re.compile(pattern)) for needle, pattern in forms) for kind, forms in _FORMS.items()}
_DEFINED = re.compile(r"(?m)^ {0,3}(\[[^\[\]\n]{1,100}\]):")
_NO_MARK_BY_ITSELF = ("TODO", "XXX")
"""A word of Spanish, and a number of Rome: a mark only where nothing else of a sentence is around it."""
_LEADING = " \t>*_#`-.)0123456789"
_OPENING = ("(", "[", "{", "<", "<!--")
_NAMING = (":", "|", ",", ";", "=", '"', "'", "\u201c", ">", "]")
_ENDING = ("", "|", ",", ";", '"', "'", "\u201d", "<", ")", "]", "}", ".")
_AROUND = 30
"""Characters to either side of a mark, on its line, that are looked at."""
_SPANISH = re.compile(r"(?i) (?:el|la|los|las|lo|un|una|es|está|en|de|su|tu|mi|esto|eso|este|y|con|por|para|se)\b")
_BREAK = re.compile(r"(?m)^[ \t]*(?:_[ \t]*){3,}$")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What stands in the place of a text, and the 1-based line that it begins on."""

    line: int
    text: str


def placeholders(text: str, kind: str) -> Iterator[Placeholder]:
    """Return the first of each line, in order. Kinds: `todo`, `lorem`, `as-an-ai`, `template`, `example`."""
    looked_at = _BREAK.sub("", text) if "_" in text else text
    defined = {label.casefold() for label in _DEFINED.findall(text)} if "]:" in text else set()
    line, reached, told = 1, 0, 0
    for match in _matches(looked_at, kind):
        if match.group().casefold() in defined or not _is_meant(looked_at, match):
            continue
        line += looked_at.count("\n", reached, match.start())
        reached = match.start()
        if line > told:
            told = line
            yield Placeholder(line, match.group().strip())


def _is_meant(text: str, match: re.Match[str]) -> bool:
    """Say whether a mark stands at the head of its line, before a colon, in brackets or alone."""
    if match.group() not in _NO_MARK_BY_ITSELF:
        return True
    before = text[max(match.start() - _AROUND, 0) : match.start()].rpartition("\n")[2].rstrip(" \t*_`")
    rest = text[match.end() : match.end() + _AROUND].partition("\n")[0].lstrip("*_`")
    if rest.startswith((":", "(")) or before.endswith(_OPENING):
        return True
    if not before.strip(_LEADING):
        return _SPANISH.match(rest) is None
    return before.endswith(_NAMING) and rest.strip()[:1] in _ENDING


def _matches(text: str, kind: str) -> Iterator[re.Match[str]]:
    lower = text.lower()
    is_on_a_line = kind != "lorem" and len(lower) == len(text)  # a capital İ is longer as a small one
    found = (
        _on_lines(text, lower, needle, pattern) if is_on_a_line else pattern.finditer(text)
        for needle, pattern in _PATTERNS[kind]
        if needle in lower
    )
    return merge(*found, key=methodcaller("start"))


def _on_lines(text: str, lower: str, needle: str, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """Look at the lines that hold the needle: a pattern that begins with no letter of its own is slow on a text."""
    place = lower.find(needle)
    while place >= 0:
        end = text.find("\n", place)
        end = end if end >= 0 else len(text)
        yield from pattern.finditer(text, text.rfind("\n", 0, place) + 1, end)
        place = lower.find(needle, end)
