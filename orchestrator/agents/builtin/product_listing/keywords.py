"""The words and pairs of words that tell most of a material, ranked as TextRank does (Mihalcea and Tarau, 2004).

A small graph of the words that stand side by side, ranked by power iteration. No model, no word list but the words that
carry no meaning of their own. Equal material gives equal keywords, in equal order.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from orchestrator.content.words import words

MOST_CLAUSES = 5_000

_CLAUSES = re.compile(r"[.,;:!?()\n]+(?:\s|$)")
_ROUNDS = 30
_DAMPING = 0.85
_ELIDED = re.compile(r"^(?:[ldnscjmt]|qu)['’](?=\w{3})")
"""The article or pronoun that French ties to a word."""
_INFLECTED = re.compile(r"(?:ly|ing)$")
_STOP_WORDS = """
    a about above after again all almost also although always am an and another any anyone are around as ask asked at
    away back be because been before being below between both but by came can cannot come comes could did do does done
    down each either else enough even ever every everyone few first for from get gets give given go goes going got had
    has have he her here him his how i if in into is it its itself just keep kept know last least less let like likes
    little long look looks lot made make makes many may me mean might mine more most much must my near need needs never
    new next no nobody none nor not nothing now of off often old on once one only or other others our out over own part
    people per put quite rather really said same saw say says second see seem seems sell sells sent set several shall
    she should since so some someone something sold still such take takes tell than that the their them then there
    these they thing things think this those though three through till to today together told too took toward two
    under until up upon us use used uses using very want wanted wants was way we well went were what when where whether
    which while who whole whom whose why will with within without would year yes yet you your yours month week day
    days weeks months hours minutes mois jours semaines heures neuf tage wochen monate stunden jahre
    january february march april may june july august september october november december per cent price prices
    der die das den dem des ein eine einen einem einer eines und oder aber nicht mit ohne für von vom zum zur aus auf
    bei nach über unter wird werden wurde ist sind war hat haben hatte kann können auch nur noch nichts sich sie wir ihr
    man als wie wenn dass sodass viele etwa jede jeder jedes jeden sehr mehr schon zwei drei seine seinen ihre ihren was
    les des une est sont avec sans pour par dans sur pas plus que qui ses son aux ces cette ont été elle ils nous vous
    leur leurs très tout tous toute mais comme entre deux trois aussi reste chez être fait
    los las una con sin para por del que sus het een van met niet voor zijn og til med som ikke der
    buy bought buyer buyers customer customers shop shops asked asks line lines note notes euro euros
"""
_STOP = frozenset(_STOP_WORDS.split())


def keywords(texts: Iterable[str], *, title: str = "", most: int = 12) -> tuple[str, ...]:
    """Return up to `most` keywords, in lower case, the most telling first; pairs go before the words in them.

    What stands only once tells of nothing, unless it stands in the title; what stands there counts double.
    """
    clauses = [clause for text in (*texts, title) for clause in _CLAUSES.split(text)[:MOST_CLAUSES]]
    lines = [_telling(clause) for clause in clauses]
    ranks = _ranked(lines)
    named = {word for clause in _CLAUSES.split(title) for word in _telling(clause) if word}
    scores = {
        " ".join(group): sum(ranks.get(word, 0.0) for word in group)
        * len(group)
        * (2 if named.issuperset(group) else 1)
        for group, count in _counted(lines).items()
        if count > 1 or (len(group) == 1 and group[0] in named)
    }
    return tuple(_without_parts(sorted(scores, key=lambda name: (-scores[name], name))))[:most]


def _counted(lines: Iterable[Sequence[str | None]]) -> Mapping[tuple[str, ...], int]:
    """How often each word and each pair of words stands there."""
    counted: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        counted.update((word,) for word in line if word and not _INFLECTED.search(word))
        counted.update(_pairs(line))
    return counted


def _telling(line: str) -> list[str | None]:
    """The line's words; None stands where one carries no meaning, so that its neighbours are no pair."""
    found = (_ELIDED.sub("", word.lower().removesuffix("'s").removesuffix("’s")) for word in words(line))
    return [word if _tells(word) else None for word in found]


def _tells(word: str) -> bool:
    return len(word) > 2 and word not in _STOP and not any(char.isdigit() or char in ":/." for char in word)


def _pairs(line: Sequence[str | None]) -> list[tuple[str, str]]:
    return [(one, two) for one, two in pairwise(line) if one and two and one != two]


def _ranked(lines: Iterable[Sequence[str | None]]) -> Mapping[str, float]:
    links: dict[str, Counter[str]] = {}
    for line in lines:
        told = [word for word in line if word]
        for one, two in pairwise(told):
            if one != two:
                links.setdefault(one, Counter())[two] += 1
                links.setdefault(two, Counter())[one] += 1
    strength = {word: sum(near.values()) for word, near in links.items()}
    ranks = dict.fromkeys(links, 1.0)
    for _ in range(_ROUNDS):
        ranks = {
            word: (1 - _DAMPING)
            + _DAMPING * sum(ranks[other] * count / strength[other] for other, count in near.items())
            for word, near in links.items()
        }
    return ranks


def _without_parts(ordered: Iterable[str]) -> list[str]:
    """Leave out a word that stands in a keyword before it, and a plural whose singular does."""
    kept: list[str] = []
    for name in ordered:
        parts = {part.rstrip("s") for other in kept for part in other.split()}
        if not all(part.rstrip("s") in parts for part in name.split()):
            kept.append(name)
    return kept
