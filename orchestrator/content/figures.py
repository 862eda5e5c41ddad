"""Figures in a text: numbers, dates, times and codes with digits, each with its line. Judges none of them.

A figure may be written in several ways that mean the same: `1,200`, `1200` and `1.200`; `24 %` and `24 percent`;
`2026-03-01` and `1 March 2026`. A writing that two countries read differently keeps both readings.
"""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

LONGEST_NUMBER = 40
"""Characters; what is longer is compared as text, so that no hostile digit string is ever computed with."""

Value = Decimal | str
"""A number; or the canonical text of a date (`2026-03-01`, `2026-03`, `--03-01`), a time, a code or a hash."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
} | {"Mär": 3, "Mai": 5, "Okt": 10, "Dez": 12}
_MONTH = (
    "Jan(?:uary?)?|Feb(?:ruary?)?|Mar(?:ch)?|März|Apr(?:il)?|Ma[yi]|Jun[ei]?|Jul[yi]?|Aug(?:ust)?"
    "|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?"
)
_CURRENCIES = {"$": "$", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB"}
_CODES = "USD|EUR|GBP|CHF|JPY|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|INR|CNY"
DOLLARS = frozenset({"USD", "CAD", "AUD", "NZD"})
PERCENT = "%"
POUND = "pound"
"""The word alone says neither whether it is `lb` nor `GBP`."""

_UNITS = {
    written: unit
    for unit, writings in {
        "%": "% percent pct",
        "‰": "‰",
        "ml": "ml millilitre millilitres milliliter milliliters",
        "cl": "cl",
        "dl": "dl",
        "l": "l litre litres liter liters",
        "oz": "oz ounce ounces",
        "lb": "lb lbs",
        POUND: "pound pounds",
        "g": "g gram grams gramme grammes",
        "kg": "kg kilo kilos kilogram kilograms",
        "mg": "mg",
        "mm": "mm",
        "cm": "cm",
        "m": "m metre metres meter meters",
        "km": "km",
        "in": "inch inches",
        "ft": "ft feet foot",
        "w": "w watt watts",
        "kw": "kw",
        "v": "v volt volts",
        "mah": "mah",
        "mb": "mb",
        "gb": "gb",
        "tb": "tb",
        "s": "sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "day": "day days",
        "week": "week weeks",
        "month": "month months",
        "year": "year years",
        "°c": "°c",
        "°f": "°f",
        "$": "dollar dollars",
        "EUR": "euro euros",
        "JPY": "yen",
        "INR": "rupee rupees",
    }.items()
    for written in writings.split()
} | {
    "per cent": PERCENT,
    "us dollar": "USD",
    "us dollars": "USD",
    "pounds sterling": "GBP",
}
_GLUED_UNITS = {**_UNITS, "s": "s", "in": "in"}
_SCALES = {
    written: Decimal(1).scaleb(power)
    for power, writings in {
        2: "hundred",
        3: "k thousand tausend tsd",
        6: "mn mio million millions millionen",
        9: "bn mrd billion billions milliarde milliarden",
        12: "tn trillion trillions billionen",
    }.items()
    for written in writings.split()
} | {"dozen": Decimal(12)}
_CAPITAL_SCALES = {"M": _SCALES["million"], "B": _SCALES["billion"]}
"""`5M` are millions where `5m` are metres."""
_MONEY_SCALES = {"m": _SCALES["million"], "b": _SCALES["billion"], "t": _SCALES["trillion"]}
"""Behind a sum of money alone."""


def _one_of(words: Iterable[str]) -> str:
    """Return a regular expression of words, the longest first."""
    return "|".join(sorted(words, key=len, reverse=True)).replace(" ", "[ ]")


_SCALED = _one_of(set(_SCALES) - {"k"})
_SPACED = _one_of(set(_UNITS) - {"%", "‰", "$"})
_PAID = rf"[$€£¥₹₩₽](?!\d)|(?:{_CODES}|(?i:(?:us[ ])?dollars?|euros?|pounds(?:[ ]sterling)?|yen|rupees?))(?![^\W_])"

_ENDING = "md|markdown|txt|csv|tsv|xml|rss|atom|json|ya?ml|html?|svg|png|jpe?g|webp|pdf"
FILE = rf"(?:[\w.-]{{1,200}}/){{0,20}}[\w-][\w.-]{{0,200}}\.(?:{_ENDING})"
"""A path that ends as files of text and pictures do; a regular expression."""
_PORT = r"(?:(?<=\.html:)|(?<=\.htm:))(?:80|443|[3-9]000|80[0-9]{2}|8443|8888)(?!\d)"
"""Of a host that serves a page: `index.html:8080` cites no line."""
_MARKS = r"""[ \t,;"'`()|*!?<>&~{}=\\\]\#%^@]"""
"""Of the signs behind a word, those that begin no token, and that go on none which begins with a word."""
_NO_WORD = rf"(?=[A-Z])(?:(?:{_MONTH})\.?|{_CODES}|Step|Schritt)[ ]"
_WORDS = rf"(?!{_NO_WORD})[A-Za-z]++(?:-(?!{_NO_WORD})[A-Za-z]++){{0,8}}+(?:{_MARKS}++|:(?!//)|\.(?![\w.\-/]))++"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])"
_TOKEN = re.compile(
    rf"""
    (?P<plain>(?<![^\W_])(?:{_WORDS})++)  # none begins here
  | \[(?P<bracketed>(?P<named>[^\[\]:]{{1,300}}\.[A-Za-z]\w{{0,9}}):(?P<first>\d{{1,9}})(?:[-–](?P<last>\d{{1,9}}))?)\]
  | (?P<footnote>\[\^[^\[\]\s]{{1,50}}\])
  | (?=[\w.+\-−±$€£¥₹₩₽]) (?!(?<=[.\-])[.+\-−±]) (?:(?<![^\W_])|(?<=\d[xX×]))  # no other place begins a token
    (?:(?P<url>\bhttps?://[^\s<>()\[\]]{{1,2000}})
  | (?P<cited>(?<![\w./-])(?P<file>{FILE})(?![\w])
        (?:(?:(?:\#L|,?[ ]lines?[ ])(?=\d)|:(?!{_PORT})(?=\d{{1,4}}(?!\d)))
          (?P<from>\d{{1,9}})(?:[-–]L?(?P<to>\d{{1,9}}))?)?)
  | (?P<iso>(?<![\w-])(?P<iy>\d{{4}})-(?P<im>0[1-9]|1[0-2])(?:-(?P<id>0[1-9]|[12]\d|3[01]))?(?![\d-])
        (?:T\d\d:\d\d(?::\d\d(?:\.\d{{1,9}})?)?(?:Z|[+-]\d\d:?\d\d)?)?)
  | (?P<dmy>(?<![\w.,])(?P<dd>{_DAY})(?:st|nd|rd|th|\.)?[ ](?:of[ ])?(?P<dm>{_MONTH})(?![^\W_])\.?
        (?:,?[ ](?P<dy>\d{{4}})(?![^\W_]))?)
  | (?P<mdy>(?<![^\W_])(?P<mm>{_MONTH})\.?[ ]
        (?:(?P<my>\d{{4}})(?![^\W_])
          |(?P<md>{_DAY})(?:st|nd|rd|th)?(?![^\W_]|[.,]\d)(?:,?[ ](?P<mdyear>\d{{4}})(?![^\W_]))?))
  | (?P<slashed>(?<![\w/.])(?P<s1>\d{{1,2}})(?P<sep>[/.])(?P<s2>\d{{1,2}})(?P=sep)(?P<sy>\d{{4}})(?![\w/]))
  | (?P<hash>(?<![^\W_])(?=[0-9a-f]{{0,63}}\d)(?=[0-9a-f]{{0,63}}[a-f])[0-9a-f]{{7,64}}(?![^\W_]|\.\d))
  | (?P<time>(?<![\w:])\d{{1,2}}:\d\d(?::\d\d)?(?![\w:]))
  | (?P<number>(?:(?<![^\W_])|(?<=\d[xX×]))
        (?P<sign>(?<![^\s(\[|:;,→=>"'“‘*_~])[+\-−±])?
        (?P<before>[$€£¥₹₩₽]|(?:{_CODES})[ ]?)?
        (?P<digits>\d+(?:[.,'’]\d+)*)
        (?:[ *_\\]{{0,5}}(?P<percent>[%‰])
          |(?:\*\*|__|\\)?[ ]?(?P<after>[$€£¥₹₩₽](?!\d)|(?:{_CODES})(?![^\W_]))
          |(?P<degree>[ ]?°[CF])(?![^\W_])
          |(?P<glued>[^\W\d_]{{1,16}})
          |(?(before)[ ](?P<sum>[mMbBtT])(?![^\W_]|-)|(?!))
          |(?:\*\*|__)?[ -](?=[^\W\d_]|°)(?:(?P<spaced>(?i:{_SPACED}))(?![^\W_])
            |(?P<scaled>(?i:{_SCALED}))(?![^\W_])(?:\.?[ ](?P<paid>{_PAID}))?))?)
  | (?P<code>(?<![^\W_])[^\W\d_][^\W_]{{0,60}}?\d[^\W_]*(?:\.\d+)*)
  | (?P<step>(?:Step|Schritt)[ ]\d{{1,2}}(?![^\W_]|[.,]\d|[ *_\\]{{0,4}}[%‰]|[ -](?i:{_SCALED}|{_SPACED})(?![^\W_]))))
    """,
    re.VERBOSE,
)
# Each begins with a set, which `re` searches for at once.
_MAY_HOLD = re.compile(r"[^\x00-/:-\x7f]")
_MAY_CITE = re.compile(r"[.&\u0080-\U0010ffff](?:(?<!\.)|[A-Za-z]\w{0,9}(?::|#L|,? lines? )\d)")
_MAY_MARK = re.compile(r"[ \t>]*+[\d#]")
_WIDE_THOUSANDS = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
_LIST_MARK = re.compile(
    r"(?P<lead>[ \t]*+(?:>[ \t]*+)*+)(?P<number>\d{1,3})[.)](?=[ \t]|$)"
    rf"(?!(?<=\.) (?:{_MONTH}) \d{{4}})"  # `1. März 2026`
)
_HEADING_MARK = re.compile(
    r"[ \t]{0,3}#{1,6}[ \t]+(?:\d{1,3}[.)]|\d{1,3}(?:\.\d{1,3})+[.)]?)(?=[ \t]|$)"
    rf"(?![ \t]*(?:[%‰$€£¥]|(?:{_CODES}|{_SPACED}|(?i:per[ ]?cent|{_SCALED}))(?![^\W_])))"  # `## 38.5 % more`
)
_INLINE = "abbr|a|b|bdi|big|code|del|em|font|i|ins|kbd|mark|s|small|span|strong|u|wbr"
_UNSEEN = re.compile(
    rf"(?<=\d)(?:</?(?:{_INLINE})(?:[ /][^<>]{{0,300}})?>|<(?P<raised>su[bp])></(?P=raised)>|<!--[^<>]{{0,300}}-->"
    r"|[\u00ad\u200b-\u200f\u2060-\u2064\ufeff])++(?=\d)",
    re.IGNORECASE,
)
"""What parts two digits for a machine and not for a reader."""
_POWER = re.compile(r"(?<![\w.,])10\^(\d{1,2})(?!\d)")
_RAISED = re.compile("(?<=\\d)[\u00b2\u00b3\u00b9\u2070\u2074-\u2079]++")
_FRACTIONS = {"¼": "25", "½": "5", "¾": "75", "⅕": "2", "⅖": "4", "⅗": "6", "⅘": "8"} | {
    "⅛": "125", "⅜": "375", "⅝": "625", "⅞": "875",
}  # fmt: skip
_FRACTION = re.compile(rf"(?:(?<![\d.,])(\d{{1,30}}) ?)?([{''.join(_FRACTIONS)}])")
_KEYCAP = re.compile("[^\\w\u20e3]*+\\d\ufe0f?\u20e3(?!\\d)")
"""`1️⃣` at the head of a line counts as a list does."""
_SIGNED = re.compile(
    r"[ \t]*+(?:>[ \t]*+)++(?:—|–|--)[^\d\n]{1,120}(?P<year>(?:1[5-9]|20)\d\d)\)?(?:[ .]*\[[^\[\]]{1,300}\])?[ .]*$"
)
"""`> — Ada, 2026`: who said it, and when."""
_THOUSANDS = re.compile(r"\d(?<![\w.,]\d)\d{0,2}(?: \d{3}){1,5}(?![^\W_]|[.,]\d)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written. `start` is the 0-based column in the line as compared (NFKC)."""

    text: str
    line: int
    start: int
    readings: tuple[Value, ...]
    unit: str | None = None
    """`%`, a currency's code (`$` where a dollar's country is not said), a unit's short form, or None."""
    sign: str = ""
    """`+`, `-`, or nothing."""
    places: int = 0
    """Digits printed after the decimal point; below 0 for `1.2k`, which is printed to the hundred."""

    @property
    def value(self) -> Value:
        """Return the first reading: the English one where countries differ."""
        return self.readings[0]

    @property
    def end(self) -> int:
        """Return the column after its last character."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a file that a text points at: `sources/notes.md:12`, `notes.md#L3-L9`, `notes.md, line 4`."""

    text: str
    line: int
    file: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line. `compared` is the line's text in compatible forms, into which columns count."""

    number: int
    compared: str
    figures: tuple[Figure, ...]
    citations: tuple[Citation, ...]


def figures(text: str) -> tuple[Figure, ...]:
    """Return every figure of a text in order; list and heading numbers, links and citations of files are none."""
    return tuple(figure for line in read(text) for figure in line.figures)


def read(text: str) -> Iterator[Line]:
    """Yield the lines that hold a figure or a citation, in order."""
    return _read(text, _MAY_HOLD)


def citations(text: str) -> Iterator[Citation]:
    """Yield the citations that `read` finds, in order, without looking at lines that can hold figures alone."""
    return (cited for line in _read(text, _MAY_CITE) for cited in line.citations)


def _read(text: str, may_hold: re.Pattern[str]) -> Iterator[Line]:
    last_marks: dict[int, int] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        start = _mark_end(line, last_marks) if _MAY_MARK.match(line) else 0
        if may_hold.search(line):
            read_line = _read_line(_comparable(line), number, start)
            if read_line.figures or read_line.citations:
                yield read_line


def figures_of(cell: str, line: int) -> tuple[Figure, ...]:
    """Return the figures of a piece of text that stands on `line`: a cell of a table, where no mark is a list's."""
    if not _MAY_HOLD.search(cell):
        return ()
    return tuple(figure for row in cell.split("\n") for figure in _read_line(_comparable(row), line, 0).figures)


def spaced_thousands(line: Line) -> Iterator[Figure]:
    """Yield what a line says if a space parts thousands in it: `1 200`, which may be two figures as well."""
    for match in _THOUSANDS.finditer(line.compared):
        parts = [figure for figure in line.figures if match.start() <= figure.start < match.end()]
        if parts:
            value = Decimal(match.group(0).replace(" ", ""))
            unit, sign = parts[-1].unit, parts[0].sign
            yield Figure(match.group(0), line.number, match.start(), (value,), unit, sign)


def _comparable(line: str) -> str:
    """`&#52;` is a 4 to its reader, and so are the digits of other scripts."""
    if "&" in line:
        line = html.unescape(line).replace("\n", " ")
    if not line.isascii():
        line = unicodedata.normalize("NFKC", _spelled_out(line))
    if "<" in line or not line.isascii():
        line = _UNSEEN.sub("", line)
    return _POWER.sub(lambda match: "1" + "0" * int(match.group(1)), line) if "^" in line else line


def _spelled_out(line: str) -> str:
    """Write what NFKC would run together: `1½` is no 11, `10⁶` no 106."""
    keycap = _KEYCAP.match(line)
    line = _WIDE_THOUSANDS.sub("", line[keycap.end() :] if keycap else line)
    line = _RAISED.sub(lambda match: "^" + match.group(0), line)
    return _FRACTION.sub(lambda match: f"{match.group(1) or 0}.{_FRACTIONS[match.group(2)]}", line)


def _mark_end(line: str, last_marks: dict[int, int]) -> int:
    """Return where the text begins after a list's or heading's number.

    A number is a list's only when it goes on counting: `24. ` at the head of a wrapped line is a figure.
    """
    heading = _HEADING_MARK.match(line)
    if heading:
        return heading.end()
    mark = _LIST_MARK.match(line)
    if not mark:
        return 0
    indent, number = len(mark["lead"].expandtabs(4)), int(mark["number"])
    if number > 1 and last_marks.get(indent) != number - 1:
        return 0
    last_marks[indent] = number
    return mark.end()


def _read_line(line: str, number: int, start: int) -> Line:
    found: list[Figure] = []
    cited: list[Citation] = []
    signed = _SIGNED.match(line) if ">" in line else None
    for match in _TOKEN.finditer(line, start):
        if match["plain"] or (signed and match.start() == signed.start("year")):
            continue
        if match["bracketed"]:
            first = int(match["first"])
            cited.append(Citation(match["bracketed"], number, match["named"], first, int(match["last"] or first)))
        elif match["from"]:
            first = int(match["from"])
            cited.append(Citation(match["cited"], number, match["file"], first, int(match["to"] or first)))
        elif not (match["url"] or match["cited"] or match["footnote"] or match["step"]):
            found.append(_figure(match, number))
    return Line(number, line, tuple(found), tuple(cited))


def _figure(match: re.Match[str], line: int) -> Figure:
    text = match.group(0).strip()
    start = match.start()
    if match["number"]:
        return _number(match, text, line)
    if match["code"] or match["time"] or match["hash"]:
        return Figure(text, line, start, (text.casefold(),))
    return Figure(text, line, start, _dates(match))


def _dates(match: re.Match[str]) -> tuple[Value, ...]:
    if match["iso"]:
        return (_date(match["iy"], match["im"], match["id"]),)
    if match["dmy"]:
        return (_date(match["dy"], _month(match["dm"]), match["dd"]),)
    if match["mdy"]:
        return (_date(match["my"] or match["mdyear"], _month(match["mm"]), match["md"]),)
    one, two, year = match["s1"], match["s2"], match["sy"]
    pairs = {(two, one): None, (one, two): None}
    dates = tuple(_date(year, month, day) for month, day in pairs if int(month) <= 12 and int(day) <= 31)
    return dates or (match.group(0),)


def _month(name: str) -> str:
    return str(_MONTHS[name[:3]])


def _date(year: str | None, month: str, day: str | None) -> str:
    days = f"-{int(day):02}" if day else ""
    return f"{year or '-'}-{int(month):02}{days}"


def _number(match: re.Match[str], text: str, line: int) -> Figure:
    digits = match["digits"].replace("’", "'")
    readings = _readings(digits)
    behind = match["glued"] or match["scaled"] or match["spaced"] or match["sum"] or ""
    glued = behind.casefold()
    scale = _scale(behind, is_money=bool(match["before"]))
    if scale:
        readings = tuple(_times(value, scale) for value in readings)
        glued = ""
    sign = "-" if match["sign"] in ("-", "−") else "+" if match["sign"] == "+" else ""
    return Figure(text, line, match.start(), readings, _unit(match, glued), sign, _places(readings))


def _scale(behind: str, *, is_money: bool) -> Decimal | None:
    """Return by how much a word or letter behind a number multiplies it."""
    money = _MONEY_SCALES.get(behind.casefold()) if is_money else None
    return money or _CAPITAL_SCALES.get(behind) or _SCALES.get(behind.casefold())


def _times(value: Value, scale: Decimal) -> Value:
    return value * scale if isinstance(value, Decimal) else value


def _unit(match: re.Match[str], glued: str) -> str | None:
    money = (match["before"] or match["after"] or match["paid"] or "").strip()
    if money:
        return _CURRENCIES.get(money) or _UNITS.get(money.casefold(), money)
    if match["percent"]:
        return str(match["percent"])
    if match["degree"]:
        return str(match["degree"]).strip().casefold()
    return (_GLUED_UNITS if match["glued"] else _UNITS).get(glued)


def _readings(digits: str) -> tuple[Value, ...]:
    """Return what the digits may mean, the English reading first; their own text where they are no number (`2.0.1`)."""
    marks = [char for char in digits if not char.isdigit()]
    if len(digits) > LONGEST_NUMBER:
        return (digits,)
    if not marks:
        return (Decimal(digits),)
    decimal = marks[-1] if marks[-1] in ".," and marks.count(marks[-1]) == 1 else ""
    readings: dict[Value, None] = {}
    whole, _, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
    if len(marks) > 1 or decimal != "," or len(fraction) != 3 or whole in ("", "0"):
        _add(readings, _whole(whole, marks[:-1] if decimal else marks), fraction)
    if decimal and len(marks) == 1 and whole != "0":
        _add(readings, _whole(digits, marks), "")
    return tuple(readings) or (digits,)


def _add(readings: dict[Value, None], whole: str | None, fraction: str) -> None:
    if whole is not None:
        readings[Decimal(f"{whole}.{fraction}" if fraction else whole)] = None


def _whole(digits: str, marks: list[str]) -> str | None:
    """Return digits without their marks, or None where the marks do not part thousands."""
    if not marks:
        return digits
    first, *groups = digits.split(marks[0])
    if len(set(marks)) > 1 or not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
        return None
    return first + "".join(groups)


def _places(readings: tuple[Value, ...]) -> int:
    """Return to how many decimal places the number is printed; below 0 for `1.2k`, which is printed to the hundred."""
    value = readings[0]
    exponent = value.as_tuple().exponent if isinstance(value, Decimal) else 0
    return -exponent if isinstance(exponent, int) else 0
