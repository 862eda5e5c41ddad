"""The check `readability`: grade, ease, sentences, paragraphs, each at its boundary."""

import pytest
from gate_cases import HOSTILE, Files, material, said

from orchestrator.content.readability import reading
from orchestrator.gates import faults
from orchestrator.model.pipeline import CheckUse

TEN = "The cat sat on the mat and the dog ran. "  # ten words of one syllable
HARD = (
    "Responsible organisations continuously investigate international opportunities, "
    "notwithstanding considerable difficulties. "
)


def text(sentences: int, sentence: str = TEN) -> Files:
    return {"a.md": sentence * sentences}


def test_a_plain_text_passes() -> None:
    use = {"max_grade": 9, "min_ease": 60, "max_sentence": 10, "mean_sentence": 10, "max_paragraph": 100}
    assert said({"readability": use}, text(10)) == ["pass"]


def test_a_hard_text_fails_by_grade_and_ease_with_the_figures() -> None:
    assert said({"readability": {"max_grade": 12, "min_ease": 30}}, text(12, HARD)) == [
        "fail",
        "major grade a.md: the Flesch–Kincaid grade is 41.7; at most 12 is wanted"
        " -> write shorter sentences, and shorter words",
        "major ease a.md: the Flesch reading ease is -187.7; at least 30 is wanted"
        " -> write shorter sentences, and shorter words",
    ]


def test_the_grade_and_the_ease_may_be_exactly_at_their_limits() -> None:
    measured = reading([TEN] * 10)
    at = {"max_grade": measured.grade, "min_ease": measured.ease}
    assert said({"readability": at}, text(10)) == ["pass"]
    (verdict, grade) = said({"readability": {"max_grade": measured.grade - 1e-3}}, text(10))
    assert (verdict, grade.split(":")[0]) == ("fail", "major grade a.md")
    (verdict, ease) = said({"readability": {"min_ease": measured.ease + 1e-3}}, text(10))
    assert (verdict, ease.split(":")[0]) == ("fail", "major ease a.md")


def test_each_long_sentence_is_named_at_its_line_with_its_first_words() -> None:
    files: Files = {
        "a.md": "# One two three four\n\nShort one.\nThis one has\nfive words.\n\n- and six words in an item\n"
    }
    assert said({"readability": {"max_sentence": 4}}, files) == [
        "fail",
        "major sentence a.md:4: a sentence of 5 words; at most 4 are wanted: 'This one has five words.'"
        " -> make two of it, or leave words out",
        "major sentence a.md:7: a sentence of 6 words; at most 4 are wanted: 'and six words in an item'"
        " -> make two of it, or leave words out",
    ]
    assert said({"readability": {"max_sentence": 6}}, files) == ["pass"]
    assert len(said({"readability": {"max_sentence": 3}}, files)) == 4


def test_twenty_long_sentences_are_named_and_the_rest_is_counted() -> None:
    def of(count: int) -> list[str]:
        return said({"readability": {"max_sentence": 9}}, text(count))

    assert len(of(20)) == 21
    assert of(20)[-1].startswith("major sentence a.md:1: a sentence of 10 words")
    assert of(21)[21:] == ["major sentence a.md: 1 more sentence is longer than 9 words"]
    assert of(23)[21:] == ["major sentence a.md: 3 more sentences are longer than 9 words"]


def test_a_paragraph_an_item_and_a_quotation_may_be_too_long_a_heading_and_a_table_not() -> None:
    files: Files = {
        "a.md": "# One two three four\n\n|one two three four|\n\na b c\nd e\n\n- a b c d\n\n> a b c d\n\na b c\n"
    }
    assert said({"readability": {"max_paragraph": 3}}, files) == [
        "fail",
        "major paragraph a.md:5: a paragraph of 5 words; at most 3 are wanted -> part it where the thought turns",
        "major paragraph a.md:8: a paragraph of 4 words; at most 3 are wanted -> part it where the thought turns",
        "major paragraph a.md:10: a paragraph of 4 words; at most 3 are wanted -> part it where the thought turns",
    ]
    assert said({"readability": {"max_paragraph": 5}}, files) == ["pass"]


def test_twenty_long_paragraphs_are_named_and_the_rest_is_counted() -> None:
    assert said({"readability": {"max_paragraph": 1}}, {"a.md": "a b\n\n" * 22})[21:] == [
        "major paragraph a.md: 2 more paragraphs are longer than 1 words"
    ]


def test_the_mean_is_of_running_text_alone_and_may_be_at_its_limit() -> None:
    files: Files = {"a.md": "# Title\n\n" * 30 + TEN * 10}
    assert said({"readability": {"mean_sentence": 10}}, files) == ["pass"]
    assert said({"readability": {"mean_sentence": 9.9}}, files) == [
        "fail",
        "major mean a.md: the sentences have 10.0 words on average; at most 9.9 are wanted -> part the longest ones",
    ]


def test_a_figure_just_over_its_limit_does_not_read_as_being_at_it() -> None:
    files: Files = {"a.md": TEN * 99 + "The cat sat on the mat and the dog ran too. "}
    assert said({"readability": {"mean_sentence": 10}}, files)[1].startswith(
        "major mean a.md: the sentences have 10.01 words on average; at most 10 are wanted"
    )


@pytest.mark.parametrize("limit", [{"max_grade": 1}, {"min_ease": 90}, {"mean_sentence": 5}])
def test_of_few_words_or_sentences_a_grade_says_nothing_and_that_is_remarked(limit: dict[str, float]) -> None:
    ninety = "info too-short a.md: too short to be judged as a whole: 90 words in 9 sentences; 100 in 5 are needed"
    four = "info too-short a.md: too short to be judged as a whole: 120 words in 4 sentences; 100 in 5 are needed"
    one = "info too-short a.md: too short to be judged as a whole: 1 word in 1 sentence; 100 in 5 are needed"
    assert said({"readability": limit}, text(9)) == ["pass", ninety]
    assert said({"readability": limit}, text(4, "And " + "and " * 28 + "the. ")) == ["pass", four]
    assert said({"readability": limit}, {"a.md": "One"}) == ["pass", one]
    assert said({"readability": limit | {"rules": {"too-short": "major"}}}, text(9))[0] == "fail"


def test_just_enough_words_and_sentences_are_judged() -> None:
    use = {"readability": {"mean_sentence": 5}}
    assert said(use, text(10))[1].startswith("major mean a.md")
    assert said(use, text(5, "And " + "and " * 18 + "the. "))[1].startswith("major mean a.md")


def test_numbers_are_no_words_of_an_english_text_but_count_in_others() -> None:
    sentence = "The 11 12 13 14 15 16 17 18 dogs.\n\n"
    assert said({"readability": {"max_grade": 5}}, text(10, sentence))[1].startswith("info too-short")
    other = {"mean_sentence": 5, "language": "de"}
    assert said({"readability": other}, text(10, sentence))[1].startswith("major mean")


def test_a_short_text_is_no_remark_where_only_lengths_are_limited() -> None:
    assert said({"readability": {"max_sentence": 5, "max_paragraph": 5}}, {"a.md": "One."}) == ["pass"]


def test_the_severity_of_a_rule_can_be_changed_and_a_rule_put_off() -> None:
    use = {"max_sentence": 9, "max_paragraph": 9, "rules": {"sentence": "minor", "paragraph": "off"}}
    (verdict, finding) = said({"readability": use}, text(1))
    assert (verdict, finding.split(" ")[:2]) == ("pass", ["minor", "sentence"])
    assert said({"readability": use | {"rules": {"sentence": "off", "paragraph": "off"}}}, text(1)) == ["pass"]


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (None, "needs one of max_grade, min_ease, max_sentence, mean_sentence, max_paragraph"),
        ({"language": "en"}, "needs one of max_grade, min_ease, max_sentence, mean_sentence, max_paragraph"),
        ({"max_grade": 9, "language": "de"}, "max_grade and min_ease hold for English alone, and the language is 'de'"),
        ({"min_ease": 9, "language": "de"}, "max_grade and min_ease hold for English alone, and the language is 'de'"),
        ({"max_sentence": 0}, "max_sentence: "),
        ({"mean_sentence": 0.5}, "mean_sentence: "),
        ({"max_paragraph": 0}, "max_paragraph: "),
        ({"max_sentence": 9, "language": "English"}, "language: "),
        ({"max_sentence": 9, "rules": {"sentense": "minor"}}, "no rule 'sentense'; did you mean \"sentence\"?"),
        ("easy", ""),
    ],
)
def test_wrong_settings_are_told(settings: object, fault: str) -> None:
    found = faults(CheckUse(name="readability", settings=settings))
    assert len(found) == 1
    assert fault in found[0]
    assert said({"readability": settings}, text(10))[0] == "error"


@pytest.mark.parametrize(
    "settings",
    [
        9,
        {"max_grade": 9},
        {"min_ease": 50},
        {"max_sentence": 1, "language": "de"},
        {"mean_sentence": 1},
        {"max_paragraph": 1},
        {"max_grade": 9, "max_sentence": 30},
    ],
)
def test_one_limit_is_enough(settings: object) -> None:
    assert faults(CheckUse(name="readability", settings=settings)) == ()


def test_code_and_front_matter_do_not_count() -> None:
    files: Files = {"a.md": "---\nx: a b c d e f\n---\n```\na b c d e f\n```\nOne `a b c d` two.\n"}
    assert said({"readability": {"max_sentence": 2, "max_paragraph": 2}}, files) == ["pass"]


def test_the_file_that_is_named_is_judged() -> None:
    files: Files = {"a.md": "One two.", "b.md": "One."}
    assert said({"readability": {"max_sentence": 1, "file": "b.md"}}, files) == ["pass"]
    assert said({"readability": {"max_sentence": 1, "file": "c.md"}}, files) == [
        "fail",
        "critical c.md: the file is not there -> write it",
    ]
    both = said({"readability": {"max_sentence": 1}}, material(files, ("b.md", "a.md")))
    assert both[1].startswith("major sentence a.md:1")


@pytest.mark.parametrize("name", HOSTILE)
def test_any_file_is_judged_or_told_to_be_none(name: str) -> None:
    use = {"max_grade": 5, "min_ease": 90, "max_sentence": 5, "mean_sentence": 5, "max_paragraph": 5}
    assert said({"readability": use}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
