"""Personal data in a text, by kind and line. Says where some stands and never returns the value.

What can be proved is proved: an IBAN by its country's length and its check digits, the number of a card by its issuer's
first digits and Luhn's. An address of a domain that is set aside for examples is nobody's.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice

from orchestrator.content.words import fold

EMAIL, PHONE, IBAN, CARD, IP, BIRTH_DATE = "email", "phone", "iban", "card", "ip", "birth-date"

MOST = 1_000
"""Pieces of a kind that are told; a text that has so many has said enough."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A piece of personal data: its kind, and the 1-based line on which it begins."""

    kind: str
    line: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand: mail addresses and domains (with all below them), and the digits of phone numbers."""

    addresses: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


_NOTHING = Allowed()


def allowed(entries: Iterable[str]) -> Allowed:
    """Return what a person's list allows. Raises ValueError for an entry that is no address, domain or phone number."""
    addresses: set[str] = set()
    numbers: set[str] = set()
    for entry in entries:
        folded = fold(entry).strip()
        if _ENTRY.fullmatch(folded):
            addresses.add(folded.removeprefix("@"))
        elif _NUMBER_ENTRY.fullmatch(folded):
            numbers.add(_digits(folded))
        else:
            raise ValueError(f"{entry!r} is no mail address, domain or phone number")
    return Allowed(frozenset(addresses), frozenset(numbers))


def traces(text: str, kinds: Iterable[str], known: Allowed = _NOTHING) -> Iterator[Trace]:
    """Yield the personal data of the kinds asked for, in the order of the lines; of each kind the first 1,000."""
    seen = _readable(text)
    found = sorted((start, kind) for kind in kinds for start in islice(_FINDERS[kind](seen, known), MOST))
    line, reached = 1, 0
    for start, kind in found:
        line += seen.count("\n", reached, start)
        reached = start
        yield Trace(kind, line)


def text_of(markup: str) -> str:
    """Return what a page or a drawing says: no tags, but the addresses and numbers that its links lead to.

    Every line keeps its number.
    """
    return _TAG.sub(_left_of_tag, _SHEET.sub(_line_ends, markup))


_SHEET = re.compile(r"<style[^<>]*>[^<]*</style>", re.IGNORECASE)
_TAG = re.compile(r"</?([A-Za-z!?][\w:-]{0,40})[^<>]*>")
_CONTACT = re.compile(r"(?:mailto|tel):[^\s\"'<>?]{1,200}", re.IGNORECASE)
_WITHIN_WORDS = frozenset(
    ("a", "abbr", "b", "code", "em", "font", "i", "mark", "small", "span", "strong", "tspan", "u")
)


def _left_of_tag(tag: re.Match[str]) -> str:
    contacts = " ".join(_CONTACT.findall(tag[0]))
    between = "" if tag[1].casefold() in _WITHIN_WORDS else " "
    return (f" {contacts} " if contacts else between) + _line_ends(tag)


def _line_ends(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


_HYPHENS = "\u2010\u2011\u2012\u2013\u2212"
_CODED = re.compile(r"\\u00([2-7][0-9a-f])|\\([!-/:-@\[-`{-~])")
_MARKS = re.compile(r"[*~]{1,3}")


def _without_emphasis(marks: re.Match[str]) -> str:
    """Leave out marks before a word, and behind one; `2*3` has none."""
    before, after = marks.string[max(marks.start() - 1, 0) : marks.start()], marks.string[marks.end() : marks.end() + 1]
    opens = before in ("", " ", "\n", "(", "[", "|") and (after.isalnum() or after in ("+", "("))
    closes = before.isalnum() and not after.isalnum()
    return "" if opens or closes else marks[0]


def _readable(text: str) -> str:
    """Return the text as its readers see it, folded; every line keeps its number."""
    seen = fold(_unescaped(text))
    if not seen.isascii():
        for hyphen in _HYPHENS:
            seen = seen.replace(hyphen, "-")
    if "\\" in seen:
        seen = _CODED.sub(lambda found: found[2] or chr(int(found[1], 16)), seen)
    return _MARKS.sub(_without_emphasis, seen)


def _unescaped(text: str) -> str:
    """`a&#64;b.com` is an address to its reader. Line by line, since `&#10;` would move the lines after it."""
    if "&" not in text:
        return text
    return "\n".join(html.unescape(line).replace("\n", " ") if "&" in line else line for line in text.split("\n"))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


# --- mail addresses --------------------------------------------------------------------------------------------------

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"@((?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}})(?![\w-])")
_NOT_LOCAL = re.compile(r"[^\w.!#$%&'*+/=?^{|}~-]")
_LONGEST_LOCAL = 64
"""RFC 5321, 4.5.3.1.1."""
_ENTRY = re.compile(rf"(?:[\w.+'-]{{1,64}})?@?(?:{_LABEL}\.){{1,8}}[^\W\d_]{{2,24}}")
_NUMBER_ENTRY = re.compile(r"[+(]?\d[\d ().\-/]{5,30}")
_SET_ASIDE = ("example.com", "example.org", "example.net", "example", "invalid", "test", "localhost")
"""RFC 2606 and RFC 6761: nobody's."""
_FILE_ENDINGS = ("png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "css", "js", "json", "html", "pdf", "tgz", "zip")
"""`mug@2x.png` is a picture for fine screens."""


def _emails(text: str, known: Allowed) -> Iterator[int]:
    """Look at each `@`: a pattern that begins before it would try every word of a text."""
    for match in _DOMAIN.finditer(text):
        at, domain = match.start(), match.group(1)
        if _is_nobodys(domain, known):
            continue
        local = _NOT_LOCAL.split(text[max(at - _LONGEST_LOCAL, 0) : at])[-1]
        if _is_local(local, text[match.end() : match.end() + 1]) and f"{local}@{domain}" not in known.addresses:
            yield at


def _is_nobodys(domain: str, known: Allowed) -> bool:
    if domain.rpartition(".")[2] in _FILE_ENDINGS:
        return True
    return any(_is_within(domain, other) for other in (*_SET_ASIDE, *known.addresses))


def _is_local(local: str, after: str) -> bool:
    """`git@host:path` is where a repository lies."""
    return bool(local) and local[-1] != "." and not (local == "git" and after in (":", "/"))


def _is_within(domain: str, other: str) -> bool:
    return domain == other or domain.endswith("." + other)


# --- phone numbers ---------------------------------------------------------------------------------------------------

_RUN = re.compile(r"[+(]?\d[\d ().\-/]{5,}")
"""Digits with what may stand between those of a phone number."""
_SEPARATOR = r"[ .\-/]"
_CALLING_CODE = (
    r"(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]"
    r"|(?:2[1-689]|3[578]|42|5[09]|6[789]|8[0578]|9[679])\d)"
)
"""Assigned ones, after ITU-T E.164: one, two or three digits."""
_PHONE = re.compile(
    rf"(?<![\w+./-])(?:(?<!\d[ ,])|(?<=,)(?=\+))(?:(?:"  # in a row of a table a number may stand before a `,+`
    rf"\+{_CALLING_CODE}(?:{_SEPARATOR}?(?:\(\d{{1,5}}\)|\d)){{6,14}}"  # +49 (30) 901820-14
    rf"|00{_SEPARATOR}?{_CALLING_CODE}{_SEPARATOR}(?:{_SEPARATOR}?(?:\(\d{{1,5}}\)|\d)){{6,14}}"  # 0049 30 901820
    rf"|(?:1{_SEPARATOR})?[2-9]\d\d [2-9]\d\d \d{{4}}"  # 202 555 0143
    rf"|\(0\d{{1,5}}\) ?\d{{2,8}}(?:[ -]\d{{1,6}}){{0,3}}"  # (030) 901820
    rf"|0[1-9]\d{{0,4}} ?[/-] ?\d{{3,8}}(?:[ -]\d{{1,6}}){{0,2}}"  # 030/901820
    rf"|0[1-9](?:[ .-]\d\d){{4}}"  # 01 23 45 67 89
    rf"|0[1-9]\d{{1,4}} \d{{3,8}}(?: \d{{3,8}})?"  # 020 7946 0958
    rf")(?! \d)"
    rf"|(?:1{_SEPARATOR})?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.-])[2-9]\d\d[ .-]\d{{4}}"  # (202) 555-0143
    rf")(?![\w/]|[.-]\d|,\d{{3}}(?!\d))"
)
_THOUSANDS = re.compile(r"\+\d{1,3}(?: \d{3}){2}")
_SEEN_BEHIND = 5
"""Characters behind a run: `,000` and one more."""
_FEWEST_DIGITS, _MOST_DIGITS = 8, 15
"""E.164 has at most 15; the fewest with a country's or an area's code."""


def _phones(text: str, known: Allowed) -> Iterator[int]:
    for run in _RUN.finditer(text):
        for match in _PHONE.finditer(text, run.start(), min(run.end() + _SEEN_BEHIND, len(text))):
            if _is_phone(match.group(0)) and _digits(match.group(0)) not in known.numbers:
                yield match.start()


def _is_phone(number: str) -> bool:
    """`+12 345 678` is a number of millions."""
    count = len(_digits(number)) - 2 * number.startswith("00")
    return _FEWEST_DIGITS <= count <= _MOST_DIGITS and not _THOUSANDS.fullmatch(number)


# --- accounts and cards ----------------------------------------------------------------------------------------------

_IBAN_LENGTHS = {
    code: int(length)
    for length, codes in {
        "15": "no", "16": "be", "18": "dk fi fk fo gl nl sd", "19": "mk si", "20": "at ba ee kz lt lu mn xk",
        "21": "ch cr hr li lv", "22": "bg bh de gb ge ie me rs va", "23": "ae gi il iq om so tl",
        "24": "ad cz es md pk ro sa se sk tn vg", "25": "ly pt st", "26": "is tr",
        "27": "bi dj fr gr it mc mr sm", "28": "al az by cy do gt hu lb ni pl sv", "29": "br eg ps qa ua",
        "30": "jo kw mu ye", "31": "mt sc", "32": "lc", "33": "ru",
    }.items()
    for code in codes.split()
}  # fmt: skip
"""Characters of each country's, after the IBAN registry (ISO 13616)."""
_IBAN = re.compile(r"\d\d(?<=(?<![^\W_])[a-z]{2}\d\d)(?=[ -]?[a-z0-9])")


def _ibans(text: str, _known: Allowed) -> Iterator[int]:
    for match in _IBAN.finditer(text):
        start = match.start() - 2
        length = _IBAN_LENGTHS.get(text[start : start + 2])
        if length and _is_iban(text, start, length):
            yield start


def _is_iban(text: str, start: int, length: int) -> bool:
    whole = _account(length).match(text, start)
    return whole is not None and _remainder(whole.group(0).replace(" ", "").replace("-", "")) == 1


@cache
def _account(length: int) -> re.Pattern[str]:
    return re.compile(rf"[a-z0-9](?:[ -]?[a-z0-9]){{{length - 1}}}(?![^\W_])")


def _remainder(signs: str) -> int:
    """ISO 7064, MOD 97-10: the country and the check digits go last, and letters are numbers from 10."""
    return int("".join(str(int(char, 36)) for char in signs[4:] + signs[:4])) % 97


_CARD = re.compile(
    r"\d(?<![\w.+-]\d)(?<!\d[ ,]\d)"
    r"(?:\d{3}(?:\.\d{4}){3}|\d{3}\.\d{6}\.\d{5}|(?:[ -]?\d){12,18})(?!\w|[ .-]\d|,\d{3}(?!\d))"
)
_ISSUER = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|3(?:0[0-5]|[68]\d)\d{11}"  # Diners Club
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12}"  # Discover
    r"|35(?:2[89]|[3-8]\d)\d{12}"  # JCB
    r"|62\d{14,17}"  # UnionPay
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{12,15}"  # Maestro
)


def _cards(text: str, _known: Allowed) -> Iterator[int]:
    for match in _CARD.finditer(text):
        digits = _digits(match.group(0))
        if _ISSUER.fullmatch(digits) and _luhn(digits) and not _is_goods_number(digits):
            yield match.start()


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0


def _is_goods_number(digits: str) -> bool:
    """A GTIN-13 (ISBN, EAN) whose own check digit is right."""
    return len(digits) == 13 and (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0


# --- machines and birthdays ------------------------------------------------------------------------------------------

_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:]{2,40}(?![\w:])")


def _ips(text: str, _known: Allowed) -> Iterator[int]:
    """Those of the open net: of a house's own, of examples and of the machine itself none says who."""
    from ipaddress import ip_address  # off unless asked

    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            try:
                is_open = ip_address(match.group(0)).is_global
            except ValueError:
                continue
            if is_open:
                yield match.start()


_BORN = re.compile(
    r"\b(?:born|birth ?date|birthday|date of birth|d\.?o\.?b\b|geboren|geburtsdatum|geb\.|née?\b|nacid[oa]|nat[oa] il)"
)
_YEAR = re.compile(r"[^\n]{0,60}?\d{4}")
_DAY = re.compile(
    r"[^\n]{0,40}?(?<!\d)(?:\d{4}-\d\d-\d\d|\d{1,2}([./-])\d{1,2}\1\d{4}"
    r"|\d{1,2}(?:st|nd|rd|th|\.)? (?:of )?[^\W\d_]{3,9}\.?,? \d{4}"
    r"|[^\W\d_]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\d)"
)
"""A whole date, in figures or with its month's name, that begins within 40 characters."""


def _birth_dates(text: str, _known: Allowed) -> Iterator[int]:
    """A look for a year costs a tenth of a look for a date."""
    near = (match for match in _BORN.finditer(text) if _YEAR.match(text, match.end()))
    return (match.start() for match in near if _DAY.match(text, match.end()))


_FINDERS: dict[str, Callable[[str, Allowed], Iterator[int]]] = {
    EMAIL: _emails,
    PHONE: _phones,
    IBAN: _ibans,
    CARD: _cards,
    IP: _ips,
    BIRTH_DATE: _birth_dates,
}
