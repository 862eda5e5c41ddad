"""Material as newcomers bring it: briefs and sources of very different kinds, each small."""

from random import Random

Files = dict[str, str | bytes]


def _sales() -> str:
    """Two thousand rows over eighteen months, every other date in the other form."""
    random = Random(3)
    rows = ["Date,Product,Units"]
    for count in range(2_000):
        month, day = divmod(count * 540 // 2_000, 30)
        year, month, day = 2025 + month // 12, month % 12 + 1, min(day + 1, 28)
        date = f"{year}-{month:02}-{day:02}" if count % 2 else f"{day:02}.{month:02}.{year}"
        rows.append(
            f"{date},{random.choice(['Fig jam', 'Quince jelly', 'Plum butter', 'Must'])},{random.randint(1, 9)}"
        )
    return "\n".join(rows) + "\n"


BELL: Files = {
    "brief.md": """# Skarv bicycle bell, turned brass, for city riders

Price: 29.50 EUR

A bell for people who ride to work every day. We turn it from solid brass on a lathe in Odense,
and the lever is spring steel.

## What it is

- Two strikes from one push, loud enough for a busy crossing.
- Fits handlebars of 22.2 mm and 31.8 mm.
- The brass darkens with the years; polish it or leave it.

Material: brass CW614N
Weight: 92 g
Warranty: 5 years

Delivery in 2 working days from our workshop, in a paper envelope.

For: commuters, and people who restore old bicycles.

Tone: dry, friendly. Avoid: "best", "ultimate", "silent".
""",
    "sources/workshop.txt": """Notes from the spring fair in Aarhus
14 visitors asked if the bell rings in the rain. It does.
The Pling bell at the next stand costs €18 and has a plastic lever.
Old Danish makers sold brass bells for €44 on the auction site last month.
Most buyers were commuters; a third restore old bicycles.
"The old one was stolen with the bike, so now I own two of yours," said a man from Viby.
""",
    "sources/shop.csv": "Dato;Vare;Antal\n2025-09-01;Skarv bell;31\n2025-12-01;Skarv bell;77\n",
    "sources/news.atom": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Bells are back</title>'
    "<updated>2025-10-12T08:00:00Z</updated><summary>Riders return to brass.</summary></entry></feed>",
}

SOFTWARE: Files = {
    "brief.md": """# Tidepool — rota planning for small cafés

Price: €12 per month and location
Colour: #ffff00

Tidepool makes the weekly rota for cafés with 3 to 25 people. You say who can work when, it proposes a week, you change
what you like and send it to everyone's phone. Nobody has to install anything: the rota opens in any browser.

## What it does

- Proposes a week in under 10 seconds, with breaks and rest times as the law wants them.
- Swaps: two people agree, the manager sees it, done.
- Hours go out as CSV or to the accountant by e-mail.
- Works in English, Portuguese and German.

## Plans

| Plan | Price | People |
|------|------:|-------:|
| Solo | €12 per month | up to 8 |
| House | €29 per month | up to 25 |

Cancel any month. Your data can be taken out as CSV at any time.

Who it is for: owners who make the rota on Sunday evening and would rather not.
""",
}

BOOK: Files = {
    "brief.md": """---
title: "The Salt Road" & other walks — a guide to 14 days on foot
price: £18.99
avoid: [epic, bucket list]
---

Fourteen day walks along the old salt roads of the Dolomites, each from one bus stop to another. Ruth Aldana walked
all of them twice, in June and in October, and drew the maps herself.

* 224 pages, 61 maps, 88 photographs
* Flexible cover, opens flat, fits a jacket pocket (11 × 17 cm)
* Height profiles and water points for every walk

ISBN: 978-1-4028-9462-6
Publisher: Cart & Horse Press
Published: 4 May 2026
""",
    "sources/reviews.csv": """name,stars,review
Anna B.,5,"The maps are drawn by somebody who has feet."
Jules,2,"The paper is thin and one page came loose on day 3."
mail@example.org,5,"Bought a second copy for my father."
""",
    "sources/trade.md": """Trade notes
===========

| Title | Publisher | Price |
|---|---|---|
| Dolomites on Foot | Rother | £14.90 |
| Alpine Ways | Kompass | £21.50 |

Bookshops asked whether the maps can be bought separately. They cannot.

**Mara (guide):** "It is the one that I lend out and get back."

Ben told us: "If the walks have numbers I use them, if not I never find anything again."
""",
}

JAM: Files = {
    "brief.md": """# Fig jam with bay leaf, 250 g

Price: 6,90 €

Cooked in copper pans of 12 kg, from figs that are picked within 20 km of the kitchen. Less
sugar than most: 38 g in 100 g.

Ingredients: figs (64 g per 100 g), cane sugar, lemon juice, bay leaf
Allergens: may contain traces of nuts and sesame
Nutrition (per 100 g): 640 kJ, fat 0.4 g, carbohydrate 37 g, protein 0.9 g, salt 0.02 g
Best before: 18 months from filling; once opened keep cool and eat within 4 weeks
Storage: cool and dark

Goes with goat's cheese, porridge, or a spoon.
""",
    "sources/sales.csv": _sales(),
    "sources/market.txt": """SATURDAY MARKET

The supermarket's own fig jam costs 2,49 € for 340 g.
Casa do Forno sells fig and walnut for 8,50 €.
A customer said: "It tastes of the fruit, not of the sugar."
People asked if it may stand open. It may, for 4 weeks.
""",
}

APRON: Files = {
    "brief.md": """# Leinenschürze „Werkstatt“ mit gekreuzten Trägern

Preis: 64,00 €
Zielgruppe: Menschen, die gern kochen, töpfern oder im Garten stehen
Vermeiden: hochwertig, perfekt

Die Schürze wird in Görlitz aus gewaschenem Leinen genäht. Die Träger kreuzen sich im Rücken, sodass nichts am Hals
zieht und nichts gebunden werden muss.

## Was sie kann

- Zwei Taschen in der Größe einer Hand, eine Schlaufe für das Handtuch
- Passt ohne Knoten von Größe 36 bis 48
- Wird mit jeder Wäsche weicher

Material: 100 % Leinen, 240 g/m²
Farben: Flachs, Graublau, Ziegel

Versand innerhalb von 3 Werktagen, in Papier verpackt.
Waschen bei 40 °C, nicht im Trockner.
""",
    "sources/notizen.md": """# Notizen vom Töpfermarkt

## Kundinnen und Kunden

- Viele suchen eine Schürze, die nicht am Hals drückt.
- Etwa jede vierte wird verschenkt.

## Wettbewerb

- Hof & Faden: Baumwolle, 49,00 €
- Nordleinen: Leinen, 79,00 €

„Ich vergesse nach einer Stunde, dass ich sie anhabe“, sagte eine Töpferin aus Bautzen.
""",
    "sources/umsatz.csv": "Monat;Schürze Werkstatt\n01.03.2026;14\n01.04.2026;19\n01.05.2026;27\n",
}

HERBS: Files = {
    "brief.md": """# 🌱 Windowsill herb kit 🌿

Three pots, three kinds of seed, and a tray that waters them from below for 10 days while you are away. Basil, coriander
and chives come up in about two weeks.

What is in the box:
- Pots of fired clay, 9 cm
- Compost without peat
- Instructions as pictures, no words

The tray holds 0.8 litres. A wick of felt brings the water up, so that the roots take what they need and no more.
It costs $1,024.50 for a whole school, as one order.

Packed in card. Sent within 2 working days. Returns within 30 days, also when the box has been opened.
""",
    "sources/feed.rss": """<?xml version="1.0"?><rss version="2.0"><channel><title>Garden Weekly</title>
<item><title>Herb prices rise for the third year</title><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate>
<description>&lt;p&gt;A pot of basil costs 12 % more than in 2025.&lt;/p&gt;</description></item>
<item><title>More kits for small flats</title><pubDate>Tue, 14 Apr 2026 08:00:00 GMT</pubDate>
<description>Windowsill gardens were the busiest hall of the fair, with 40 stands.</description></item>
<item><title>Tractors get cheaper</title></item>
</channel></rss>
""",
}

LONG: Files = {
    "brief.md": "# Oak travelling trunk No. 4 with brass corners and a tray, built to order in Porto\n\n"
    "price: $1,249.00\n\n"
    "A trunk for people who move house by ship. It is built of oak, and it closes with a sound that you know again.\n\n"
    + "\n\n".join(
        f"## The {part}\n\nThe {part} is made so that it holds for years, and we check each one by hand before "
        f"it leaves the house.\n\n- The {part} can be replaced at home with one screwdriver\n- The {part} weighs little"
        for part in (f"{side} {name}" for side in ("left", "right", "inner", "outer") for name in
                     ("hinge", "lid", "handle", "floor", "corner", "strap", "lining", "lock", "rail", "runner"))
    ),
    "sources/prices.csv": 'shop,model,price USD\nGlobe,Voyager,"$2,395.00"\nHarrow,T3,"$1,099.50"\n',
    "sources/visits.csv": "date,visits\n1/5/2026,115\n1/28/2026,128\n3/28/2026,158\n",
}  # fmt: skip

MATERIALS = {
    "bell": BELL, "software": SOFTWARE, "book": BOOK, "jam": JAM, "apron": APRON, "herbs": HERBS, "long": LONG,
}  # fmt: skip
