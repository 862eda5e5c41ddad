"""How hard an English text is to read: syllables, Flesch–Kincaid grade, Flesch reading ease. Finds no sentences.

The grade is of Kincaid, Fishburne, Rogers and Chissom, "Derivation of New Readability Formulas for Navy Enlisted
Personnel" (1975); the ease of Flesch, "A New Readability Yardstick" (1948), in the form that the former give. Both hold
for English alone. Syllables are estimated by rules of spelling, which are right for nineteen common words in twenty.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_PARTS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(
    r"[^aeiouyl]e$|(?<=[aeiouyl])le$"  # make, mile; but table
    r"|[^aeiouytdl]ed$|(?<=[aeiouyl])led$|(?<=[ao]y)ed$"  # asked, called; but wanted, handled
    r"|[^aeiouysxzcghl]es$|(?<=[aeiouyl])les$|(?<=[tp])hes$"  # makes; but boxes, tables
    r"|(?<=[aeiouy][^aeiouyl])e(?:ly|ful|fully|less|ness|ment|ments)$"  # lovely, statement; but element
    r"|(?<=[aeiouy])[gq]ue$"  # league, unique
    r"|^some(?=.)|^every"
)
_PARTED = re.compile(
    r"(?<![cgst])ia(?!ge$)|[cgst]iat|(?<![cgstxlnv])io|vio(?!r)|[st]io$|(?<![cgstxl])iu"  # media, associate, radio
    r"|(?<=[lr])ion$(?<!llion)|(?<![cgstn])ien[ct]|iet(?!ed)|^(?:gia|scien)"  # client, variety, science
    r"|(?<=[aeiouy][^aeiouy])ie(?:r|st)$|(?<=[^aeiou]{2})ie(?:r|st)$"  # easier, happiest
    r"|(?<![aeiou])ying|[aeou]ing$"  # trying, being
    r"|(?<![gp])eo|eum$|^geo|^coo(?:pe|rd)|creat|(?<=[aeiou].)ea$|^rea(?:ct|dj|ff|ss)|realit"  # video, area
    r"|(?<![gq])ua(?!de)|(?<![gq])ue(?:l|n|t)|uou|(?<![bgq])ui[dn](?!e$)|nuine|(?<!sh)oe[mt]"  # usual, fluent, poem
    r"|(?<=[aiou])y(?=[aiou])|(?<=[aou])y(?=e[^d])|eyo"  # loyal, beyond
    r"|(?<=is|as|th)m$|(?<=[^aeiou])n't$"  # tourism, didn't
)
_IRREGULAR = {
    "anyone": 3, "argue": 2, "business": 2, "businesses": 3, "clothes": 1, "colonel": 2, "evening": 2, "eyes": 1,
    "hundred": 2, "lion": 2, "priest": 1, "queue": 1, "queues": 1, "recipe": 3, "recipes": 3, "someone": 2,
    "wednesday": 2,
}  # fmt: skip
_LONGEST = 60
"""Letters of a word that are looked at."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the formulas are of: how many sentences, words with letters in them, and syllables of these."""

    sentences: int
    words: int
    syllables: int

    @property
    def grade(self) -> float:
        """Return the Flesch–Kincaid grade: the years of schooling in the USA after which one reads this with ease."""
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def ease(self) -> float:
        """Return the Flesch reading ease: 100 is very easy, 60 plain, 30 and less for scholars. It has no bounds."""
        return 206.835 - 1.015 * self.words / self.sentences - 84.6 * self.syllables / self.words


def reading(sentences: Iterable[str]) -> Reading:
    """Return what the formulas need of some sentences; numbers are no words. No formula holds where there are none."""
    counts: Counter[str] = Counter()
    number = 0
    for sentence in sentences:
        found = _PARTS.findall(sentence)
        counts.update(found)
        number += bool(found)
    return Reading(number, counts.total(), sum(syllables(word) * count for word, count in counts.items()))


def syllables(word: str) -> int:
    """Return an estimate of the syllables of an English word without hyphens, at least 1."""
    plain = word[:_LONGEST].casefold().replace("’", "'").replace("é", "ey").removesuffix("'s")
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    count = len(_VOWELS.findall(plain)) - len(_SILENT.findall(plain)) + len(_PARTED.findall(plain))
    return max(count, 1)
