"""The few words that the writer adds of its own, by language: headings, and sentences around what the research says.

They state nothing. A language that is not here gets the English ones.
"""

import re
from collections import Counter
from dataclasses import dataclass

from orchestrator.content.words import words

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_COMMON = {
    "en": "the and is it with of for to you your that this from are in or",
    "de": "der die das und ist mit für nicht ein eine den dem des auf im zu von sich aus wir sie",
    "fr": "le la les et est avec pour pas un une des du sur dans vous nous qui que en au",
}
_ISO = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language. Those with names in braces are filled in with what the research says."""

    language: str
    points: str
    details: str
    delivery: str
    care: str
    warranty: str
    joined: str
    audience: str
    questions: str
    quotations: str
    news: str
    demand: str
    price: str
    made_for: str
    rising: str
    between: str
    below: str

    def date(self, said: str) -> str:
        """Return an ISO date as this language writes it, and anything else as it is: `2026-05` is `May 2026`."""
        found = _ISO.fullmatch(said)
        if found is None or not 1 <= int(found[2]) <= 12:
            return said
        month = _MONTHS[self.language].split()[int(found[2]) - 1]
        day = f"{int(found[3])}{'.' if self.language == 'de' else ''} " if found[3] else ""
        return f"{day}{month} {found[1]}"


ENGLISH = Wording(
    language="en",
    points="What you get",
    details="Details",
    delivery="Delivery",
    care="Care",
    warranty="Warranty",
    joined="and",
    audience="Whom it is for",
    questions="What buyers ask",
    quotations="What customers say",
    news="In the news",
    demand="In demand",
    price="What it costs",
    made_for="For {whom}",
    rising="{name} rose from {before} in {first} to {after} in {last}{measure}.",
    between="The price is {own}. Elsewhere we found prices from {least} to {most}.",
    below="The price is {own}. The lowest that we found elsewhere is {least}.",
)
_GERMAN = Wording(
    language="de",
    points="Das bekommen Sie",
    details="Einzelheiten",
    delivery="Lieferung",
    care="Pflege",
    warranty="Garantie",
    joined="und",
    audience="Für wen",
    questions="Was Käufer fragen",
    quotations="Was Kunden sagen",
    news="Aus den Nachrichten",
    demand="Gefragt",
    price="Preis",
    made_for="Für {whom}",
    rising="{name}: von {before} im {first} auf {after} im {last}{measure}.",
    between="Der Preis ist {own}. Anderswo fanden wir Preise von {least} bis {most}.",
    below="Der Preis ist {own}. Der niedrigste, den wir anderswo fanden, ist {least}.",
)
_FRENCH = Wording(
    language="fr",
    points="Ce que vous recevez",
    details="Caractéristiques",
    delivery="Livraison",
    care="Entretien",
    warranty="Garantie",
    joined="et",
    audience="Pour qui",
    questions="Ce que demandent les acheteurs",
    quotations="Ce que disent les clients",
    news="Dans l’actualité",
    demand="Très demandé",
    price="Prix",
    made_for="Pour {whom}",
    rising="{name} : de {before} en {first} à {after} en {last}{measure}.",
    between="Le prix est de {own}. Ailleurs, nous avons trouvé des prix de {least} à {most}.",
    below="Le prix est de {own}. Le plus bas que nous ayons trouvé ailleurs est de {least}.",
)
_WORDINGS = {wording.language: wording for wording in (ENGLISH, _GERMAN, _FRENCH)}


def wording_of(text: str) -> Wording:
    """Return the words of the language that the text's commonest small words are of."""
    counted = Counter(word.casefold() for word in words(text[:20_000]))
    scores = {language: sum(counted[word] for word in common.split()) for language, common in _COMMON.items()}
    return _WORDINGS[max(scores, key=lambda language: scores[language])]
