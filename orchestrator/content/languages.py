"""The language that a text is in, by whatlang: letters in threes, counted. Its verdict is the same every time.

People name languages by ISO 639-1, in two letters; whatlang by ISO 639-3, in three. Telling a language may raise
ImportError.
"""

import re
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Language:
    """A language that can be told: its two letters and its three, and its English name."""

    code: str
    iso3: str
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """The language that a text is most likely in, and how sure that is, from 0 to 1."""

    language: Language
    confidence: float


_TABLE = """
af afr Afrikaans      ak aka Akan           am amh Amharic        ar ara Arabic         az aze Azerbaijani
be bel Belarusian     bg bul Bulgarian      bn ben Bengali        ca cat Catalan        cs ces Czech
da dan Danish         de deu German         el ell Greek          en eng English        eo epo Esperanto
es spa Spanish        et est Estonian       fa pes Persian        fi fin Finnish        fr fra French
gu guj Gujarati       he heb Hebrew         hi hin Hindi          hr hrv Croatian       hu hun Hungarian
hy hye Armenian       id ind Indonesian     it ita Italian        ja jpn Japanese       jv jav Javanese
ka kat Georgian       km khm Khmer          kn kan Kannada        ko kor Korean         la lat Latin
lt lit Lithuanian     lv lav Latvian        mk mkd Macedonian     ml mal Malayalam      mr mar Marathi
my mya Burmese        nb nob Norwegian      ne nep Nepali         nl nld Dutch          or ori Odia
pa pan Punjabi        pl pol Polish         pt por Portuguese     ro ron Romanian       ru rus Russian
si sin Sinhala        sk slk Slovak         sl slv Slovenian      sn sna Shona          sr srp Serbian
sv swe Swedish        ta tam Tamil          te tel Telugu         th tha Thai           tk tuk Turkmen
tl tgl Tagalog        tr tur Turkish        uk ukr Ukrainian      ur urd Urdu           uz uzb Uzbek
vi vie Vietnamese     yi yid Yiddish        zh cmn Chinese        zu zul Zulu
"""
_ALL = tuple(Language(*entry.split()) for entry in re.split(r"\s{2,}|\n", _TABLE) if entry)
_BY_ISO3 = {language.iso3: language for language in _ALL}

LANGUAGES = {language.code: language for language in _ALL} | {"no": _BY_ISO3["nob"]}
"""Two letters → the language. `no` is told as `nb`."""


def tell(text: str) -> Told | None:
    """Return the language of some prose, None where it has no letters by which one could be told.

    Of a text in two languages it is one of them, with less confidence. Raises ImportError where whatlang is not there.
    """
    import whatlang  # of the extra `checks`

    try:
        found: Any = whatlang.detect(text)  # its stub names no attributes
    except ValueError:
        return None
    language = _BY_ISO3.get(found.lang)
    return Told(language, float(found.confidence)) if language else None


def length(text: str) -> int:
    """Return the characters of a text, any run of white space being one."""
    return len(" ".join(text.split()))
