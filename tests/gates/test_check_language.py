"""The check `language`: the text as a whole, its paragraphs, and files too short to tell."""

import pytest
from gate_cases import HOSTILE, Files, material, said

from orchestrator.content.languages import LANGUAGES, Told, length, tell
from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

ENGLISH = (
    "This mug keeps your tea warm while you read the morning paper, feed the cat and look for the other sock. It is "
    "made by hand in a small workshop near the sea, and each one of them is a little different from the others there."
)
FRENCH = (
    "Cette tasse garde votre thé au chaud pendant que vous lisez le journal du matin et cherchez l'autre chaussette. "
    "Elle est faite à la main dans un petit atelier près de la mer, et chacune est un peu différente des autres."
)
GERMAN = (
    "Dieser Becher hält Ihren Tee warm, während Sie die Zeitung lesen, die Katze füttern und nach der anderen Socke "
    "suchen. Er wird von Hand in einer kleinen Werkstatt am Meer gemacht, und jeder ist ein wenig anders als alle."
)
CHINESE = "这个杯子在您阅读早报、喂猫和寻找另一只袜子的时候可以保持茶水的温度。它是在海边的一个小作坊里手工制作的。" * 5
MIXED = f"{ENGLISH[:135]} {FRENCH[:110]}"
"""In two languages, so that whatlang is not sure."""


def told(text: str) -> Told:
    found = tell(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "text"), [("en", ENGLISH), ("fr", FRENCH), ("de", GERMAN), ("zh", CHINESE), ("en", ENGLISH * 50)]
)
def test_a_text_in_the_language_passes(code: str, text: str) -> None:
    whole = f"---\ntitle: {FRENCH}\n---\n{text}\n\n```\n{GERMAN}\n```\n"
    assert said({"language": code}, {"a.md": whole}) == ["pass"]


def test_a_text_in_another_language_fails() -> None:
    assert said({"language": {"is": "en", "paragraphs": False}}, {"a.md": FRENCH}) == [
        "fail",
        "major text a.md: the text is in French (confidence 1.00); English is wanted -> write all of it in English",
    ]


def test_a_paragraph_in_another_language_is_a_remark_at_its_line() -> None:
    files: Files = {"a.md": f"# Mug\n\n{ENGLISH * 4}\n\n{GERMAN}\n\n> {FRENCH}\n"}
    found = [
        "minor paragraph a.md:5: the paragraph is in German (confidence 1.00); English is wanted"
        " -> write it in English",
        "minor paragraph a.md:7: the paragraph is in French (confidence 1.00); English is wanted"
        " -> write it in English",
    ]
    lax = {"is": "en", "min_confidence": 0}
    assert said({"language": lax}, files) == ["pass", *found]
    assert said({"language": {**lax, "paragraphs": False}}, files) == ["pass"]
    assert said({"language": {**lax, "rules": {"paragraph": "off"}}}, files) == ["pass"]
    assert said({"language": {**lax, "rules": {"paragraph": "major"}}}, files)[0] == "fail"


def test_a_paragraph_is_looked_at_from_so_many_characters_on() -> None:
    size = length(GERMAN)
    files: Files = {"a.md": f"{ENGLISH * 6}\n\n{GERMAN}\n"}

    def found(characters: int) -> int:
        return len(said({"language": {"is": "en", "min_confidence": 0, "min_characters": characters}}, files)) - 1

    assert (found(size - 1), found(size), found(size + 1)) == (1, 1, 0)


def test_a_file_is_told_from_so_many_characters_on_and_is_an_error_below() -> None:
    size = length(ENGLISH)
    files: Files = {"a.md": f"{ENGLISH}\n\n`{FRENCH}`\n"}
    assert said({"language": {"is": "en", "min_characters": size}}, files) == ["pass"]
    assert said({"language": {"is": "en", "min_characters": size + 1}}, files) == [
        "error",
        f"critical the check could not run: a.md has {size} characters of prose; the language is told by {size + 1}",
    ]


def test_letters_are_needed() -> None:
    assert said({"language": "en"}, {"a.md": "12 34 56 78\n" * 100}) == [
        "error",
        "critical the check could not run: a.md has nothing by which a language can be told",
    ]


def test_the_confidence_may_be_just_at_its_limit() -> None:
    found = told(MIXED)
    assert 0.05 < found.confidence < 1
    at = {"is": found.language.code, "paragraphs": False, "min_confidence": found.confidence}
    assert said({"language": at}, {"a.md": MIXED}) == ["pass"]
    over = found.confidence + 1e-6
    (verdict, finding) = said({"language": {**at, "min_confidence": over}}, {"a.md": MIXED})
    assert verdict == "fail"
    assert finding.startswith(f"major text a.md: the text is most likely in {found.language.name} (confidence 0.")
    assert f"; at least {over:g} is wanted -> write more in {found.language.name}, or lower min_confidence" in finding


def test_a_text_that_is_most_likely_in_another_language_fails_too() -> None:
    found = told(MIXED)
    at = {"is": "vi", "paragraphs": False, "min_confidence": found.confidence}
    (verdict, finding) = said({"language": at}, {"a.md": MIXED})
    assert verdict == "fail"
    assert f"the text is in {found.language.name} (" in finding
    assert finding.endswith("; Vietnamese is wanted -> write all of it in Vietnamese")
    (verdict, finding) = said({"language": {**at, "min_confidence": found.confidence + 1e-6}}, {"a.md": MIXED})
    assert verdict == "fail"
    assert f"the text is most likely in {found.language.name} (" in finding
    assert finding.endswith("; Vietnamese is wanted -> write all of it in Vietnamese")


def test_a_paragraph_is_foreign_only_where_that_is_sure_enough() -> None:
    sure = told(MIXED).confidence
    files: Files = {"a.md": f"{GERMAN * 30}\n\n{MIXED}\n"}

    def found(least: float) -> int:
        use = {"is": "de", "min_confidence": least, "rules": {"text": "off"}}
        return len(said({"language": use}, files)) - 1

    assert (found(sure), found(sure + 1e-6)) == (1, 0)


def test_norwegian_has_two_codes() -> None:
    assert LANGUAGES["no"] == LANGUAGES["nb"]


def test_each_language_has_codes_of_its_own() -> None:
    assert all(len(code) == 2 and len(language.iso3) == 3 and language.name for code, language in LANGUAGES.items())
    assert len({language.iso3 for language in LANGUAGES.values()}) == len(LANGUAGES) - 1


@pytest.mark.parametrize(
    ("script", "text"),
    [("Latin", "abc"), ("Cyrillic", "абв"), ("Arabic", "شكرا"), ("Devanagari", "नमस्ते"), ("Hebrew", "שלום")],
)
def test_every_language_that_whatlang_tells_in_a_script_is_known(script: str, text: str) -> None:
    import whatlang

    found = whatlang.detect_script(text)
    assert script in str(found)
    assert set(found.langs) <= {language.iso3 for language in LANGUAGES.values()}  # type: ignore[attr-defined]


def test_the_same_text_is_told_the_same_each_time() -> None:
    assert len({(each.language, each.confidence) for each in (told(MIXED) for _ in range(20))}) == 1


def test_white_space_counts_as_one_character() -> None:
    assert length("  a \n\n b  ") == 3


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ("eng", "no language 'eng' can be told; did you mean 'en'?"),
        ("English", "no language 'English' can be told; did you mean 'en'?"),
        ("Germn", "no language 'Germn' can be told; did you mean 'de'?"),
        ("qqqqq", "no language 'qqqqq' can be told; known: af, ak, am, "),
        ({"is": "EN"}, "is: no language 'EN' can be told; did you mean 'en'?"),
        (None, "missing key"),
        ({"is": "en", "min_confidence": 1.1}, "min_confidence: "),
        ({"is": "en", "min_confidence": -0.1}, "min_confidence: "),
        ({"is": "en", "min_characters": 19}, "min_characters: "),
        ({"is": "en", "rules": {"txt": "off"}}, "there is no rule 'txt'"),
    ],
)
def test_wrong_settings_are_told(settings: object, fault: str) -> None:
    (found,) = faults(CheckUse(name="language", settings=settings))
    assert found.startswith(fault)


@pytest.mark.parametrize("settings", ["en", "no", {"is": "zh", "min_confidence": 1, "min_characters": 20}])
def test_settings_at_their_limits_are_right(settings: object) -> None:
    assert faults(CheckUse(name="language", settings=settings)) == ()


def test_each_markdown_artifact_is_judged_unless_one_is_named() -> None:
    files: Files = {"a.md": ENGLISH, "b.md": FRENCH}
    both = material(files, ("a.md", "b.md"))
    assert said({"language": {"is": "en", "paragraphs": False}}, both)[1].startswith("major text b.md: ")
    assert said({"language": {"is": "en", "file": "a.md"}}, both) == ["pass"]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_file_breaks_it(name: str) -> None:
    (verdict, *findings) = said({"language": "en"}, {"a.md": HOSTILE[name]})
    assert verdict in ("fail", "error")
    assert not any("it broke" in finding for finding in findings)
