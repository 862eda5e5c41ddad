"""The check `duplicates`: rows of words that stand twice, in one text, in two, in finished jobs."""

from collections.abc import Mapping

import pytest
from gate_cases import HOSTILE, Files, material, said
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.content.shingles import shingled, worded
from orchestrator.gates import NothingOutside, faults, find
from orchestrator.model.pipeline import CheckUse

FIVE = "one two three four five"
BEHIND = " -> say it once, or in words of its own; what is quoted stands in a block quote"


class Jobs(NothingOutside):
    """Finished jobs that are handed in."""

    def __init__(self, jobs: Mapping[str, Mapping[str, bytes]]) -> None:
        self.jobs = jobs

    def earlier(self) -> Mapping[str, Mapping[str, bytes]]:
        return self.jobs


def use(**given: object) -> dict[str, object]:
    return {"duplicates": {"words": 5, **given}}


def test_a_text_that_says_each_thing_once_passes() -> None:
    assert said("duplicates", {"a.md": "# A mug\n\nIt holds tea.\n\nIt is blue.\n"}) == ["pass"]


def test_words_that_stand_twice_in_a_text_fail_with_both_places() -> None:
    assert said(use(), {"a.md": f"# Title\n\n{FIVE} six.\n\nHere: One,\n*two* three\nfour FIVE again.\n"}) == [
        "fail",
        f"major a.md:5: 5 words in a row stand elsewhere as well, from a.md:3 on: 'one two three four five'{BEHIND}",
    ]


def test_one_word_less_is_no_duplicate() -> None:
    files: Files = {"a.md": f"{FIVE} six.\n\nOne two three four. Five.\n\nAnd one two three four.\n"}
    assert said(use(words=6), files) == ["pass"]
    assert said(use(words=5), files)[0] == "fail"
    assert said({"duplicates": 5}, files)[0] == "fail"


def test_a_row_is_as_long_as_can_be_and_told_once() -> None:
    row = "a b c d e f g h i j k l"
    assert said(use(), {"a.md": f"{row} m\n\n{row} n\n"}) == [
        "fail",
        f"major a.md:3: 12 words in a row stand elsewhere as well, from a.md:1 on: 'a b c d e f g h'{BEHIND}",
    ]


def test_words_beside_themselves_are_two_rows_and_one_of_them_a_duplicate() -> None:
    assert said(use(), {"a.md": f"{FIVE} {FIVE}"})[1:] == [
        f"major a.md:1: 5 words in a row stand elsewhere as well, from a.md:1 on: 'one two three four five'{BEHIND}"
    ]
    assert said(use(), {"a.md": "same " * 9}) == ["pass"]
    assert said(use(), {"a.md": "same " * 10})[0] == "fail"


def test_one_word_again_and_again_is_one_finding() -> None:
    (row,) = said(use(), {"a.md": "word " * 20_000})[1:]
    assert row.startswith("major a.md:1: 19995 words in a row stand elsewhere as well, from a.md:1 on")


def test_two_rows_never_share_a_word() -> None:
    def lengths(own: str, words: int) -> list[str]:
        files: Files = {"a.md": own, "x.md": "a b c d e z d e f g h i\n"}
        return [row.split()[2] for row in said(use(words=words, against=["x.md"]), files)[1:]]

    assert lengths("a b c d e f g h\n", 4) == ["5"]
    assert lengths("a b c d e f g h i\n", 4) == ["5", "4"]
    assert lengths("a b c d e f g h i\n", 3) == ["9"]


def test_a_text_is_not_compared_with_itself_where_that_is_put_off() -> None:
    assert said(use(within=False), {"a.md": f"{FIVE}\n\n{FIVE}\n"}) == ["pass"]


def test_two_artifacts_are_compared_and_the_later_is_told() -> None:
    both = material({"a.md": FIVE, "b.md": f"x\n{FIVE}"}, ("a.md", "b.md"))
    assert said(use(), both) == [
        "fail",
        f"major b.md:2: 5 words in a row stand elsewhere as well, from a.md:1 on: 'one two three four five'{BEHIND}",
    ]
    assert said(use(within=False), both)[0] == "fail"
    assert said(use(across=False), both) == ["pass"]


def test_the_file_that_is_named_is_compared_with_the_other_artifacts() -> None:
    files: Files = {"a.md": FIVE, "b.md": FIVE, "c.md": FIVE, "d.txt": FIVE}
    written = material(files, ("a.md", "b.md", "d.txt", "gone.md"))
    assert said(use(file="a.md"), written)[1].startswith(
        "major a.md:1: 5 words in a row stand elsewhere as well, from b.md:1 on"
    )
    assert said(use(file="a.md", across=False), written) == ["pass"]
    assert said(use(), material(files, ("a.md",))) == ["pass"]
    assert said(use(file="a.md"), material(files, ("a.md", "d.txt"))) == ["pass"]


def test_files_that_patterns_name_are_compared_binary_ones_are_passed_over() -> None:
    files: Files = {"a.md": FIVE, "sources/n.txt": f"x\n\n{FIVE}", "sources/p.png": b"\x89PNG\0\0", "/memory/m.md": "x"}
    wanted = [
        "major a.md:1: 5 words in a row stand elsewhere as well, from sources/n.txt:3 on: "
        f"'one two three four five'{BEHIND}"
    ]
    assert said(use(against=["sources/"]), files)[1:] == wanted
    assert said(use(against=["/memory/", "sources/*.txt"]), files)[1:] == wanted
    assert said(use(against=["/memory/**"]), files) == ["pass"]
    assert said(use(against=["a.md"]), files) == ["pass"]


@pytest.mark.parametrize("pattern", ["memory/", "gone.md", "sources/*.md"])
def test_a_pattern_that_names_nothing_is_an_error(pattern: str) -> None:
    assert said(use(against=[pattern]), {"a.md": FIVE, "sources/n.txt": FIVE}) == [
        "error",
        f"critical the check could not run: nothing stands at {pattern} to compare with,"
        " or it is not among the step's reads or gate_reads",
    ]


def test_a_file_too_large_to_compare_with_is_an_error() -> None:
    assert said(use(against=["b.md"]), {"a.md": FIVE, "b.md": b"a" * 5_000_001})[0] == "error"
    assert said(use(against=["b.md"]), {"a.md": FIVE, "b.md": b"a" * 5_000_000}) == ["pass"]


def test_finished_jobs_are_compared_where_that_is_asked() -> None:
    jobs = Jobs(
        {
            "new-mug": {"listing.md": b"Nothing of it."},
            "old-mug": {"p.md": b"\0", "listing.md": f"x\ny\n{FIVE}".encode(), "z.txt": FIVE.encode()},
        }
    )
    assert said(use(earlier=True), material({"a.md": FIVE}, outside=jobs)) == [
        "fail",
        "major a.md:1: 5 words in a row stand elsewhere as well, from job old-mug: listing.md:3 on: "
        f"'one two three four five'{BEHIND}",
    ]
    assert said(use(), material({"a.md": FIVE}, outside=jobs)) == ["pass"]


def test_of_finished_jobs_only_markdown_that_is_not_too_large_is_compared() -> None:
    def verdict(path: str, size: int) -> str:
        content = FIVE.encode() + b"\n" + b"x" * (size - len(FIVE) - 1)
        return said(use(earlier=True), material({"a.md": FIVE}, outside=Jobs({"old": {path: content}})))[0]

    assert verdict("a.MD", 100) == "fail"
    assert verdict("a.txt", 100) == "pass"
    assert (verdict("a.md", 5_000_000), verdict("a.md", 5_000_001)) == ("fail", "pass")


def test_where_there_are_no_jobs_it_cannot_run() -> None:
    assert said(use(earlier=True), {"a.md": FIVE}) == [
        "error",
        "critical the check could not run: there are no jobs here to compare with",
    ]
    check = find("duplicates")
    assert check is not None
    assert check.looks_beyond


def test_block_quotes_code_and_front_matter_are_left_out() -> None:
    text = f"---\nx: {FIVE}\n---\n{FIVE}\n\n> {FIVE}\n\n```\n{FIVE}\n```\n\n`{FIVE}`\n"
    assert said(use(), {"a.md": text}) == ["pass"]


def test_words_are_compared_as_a_reader_takes_them() -> None:
    assert said(use(), {"a.md": f"{FIVE}\n\n_ONE_ t\u00adwo\u200b “three”\u00a0four — **five**!\n"})[0] == "fail"
    assert said(use(), {"a.md": f"{FIVE}\n\none two tree four five\n"}) == ["pass"]


def test_a_share_of_the_words_may_stand_elsewhere() -> None:
    files: Files = {"a.md": f"x y z\n\n{FIVE} p q", "b.md": FIVE}
    assert said(use(against=["b.md"], max_percent=50), files) == ["pass"]
    assert said(use(against=["b.md"], max_percent=49.9), files) == [
        "fail",
        "major a.md:3: 50 % of the words stand elsewhere as well; at most 49.9 % may; "
        f"the longest row, of 5 words, from b.md:1 on: 'one two three four five'{BEHIND}",
    ]
    assert said(use(max_percent=0), {"a.md": "x"}) == ["pass"]
    assert said(use(max_percent=0), {"a.md": ""}) == ["pass"]


def test_a_share_just_over_its_limit_does_not_read_as_being_at_it() -> None:
    words = " ".join(f"w{number}" for number in range(9994))
    (finding,) = said(use(max_percent=0), {"a.md": f"{FIVE}\n\n{words}\n\n{FIVE}\n"})[1:]
    assert finding.startswith("major a.md:5: 0.1 % of the words")


def test_the_longest_row_of_a_share_is_named() -> None:
    files: Files = {"a.md": f"{FIVE}\n\n9 a b c d e f\n\nx {FIVE}\n", "b.md": f"{FIVE}\n\n0\n\na b c d e f\n"}
    (finding,) = said(use(against=["b.md"], max_percent=10), files)[1:]
    assert finding.startswith("major a.md:3: 88.9 % of the words")
    assert "the longest row, of 6 words, from b.md:5 on" in finding


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"words": 2}, "words: "),
        ({"words": 201}, "words: "),
        ({"against": ["../x"]}, "against.0: "),
        ({"max_percent": -1}, "max_percent: "),
        ({"max_percent": 101}, "max_percent: "),
        ({"within": False, "across": False}, "needs something to compare with: within, across, against or earlier"),
        ({"wrds": 3}, "wrds: unknown key"),
    ],
)
def test_wrong_settings_are_told(given: object, fault: str) -> None:
    (found,) = faults(CheckUse(name="duplicates", settings=given))
    assert found.startswith(fault)


@pytest.mark.parametrize(
    "given",
    [
        None,
        3,
        {"words": 200},
        {"max_percent": 0},
        {"max_percent": 100},
        {"within": False},
        {"across": False},
        {"within": False, "across": False, "earlier": True},
        {"within": False, "across": False, "against": ["sources/"]},
    ],
)
def test_settings_at_their_limits_are_right(given: object) -> None:
    assert faults(CheckUse(name="duplicates", settings=given)) == ()


@pytest.mark.parametrize("name", HOSTILE)
def test_any_file_is_judged_or_told_to_be_none(name: str) -> None:
    assert said("duplicates", {"a.md": HOSTILE[name]})[0] in ("pass", "fail")
    assert said(use(against=["b.md"]), {"a.md": "text", "b.md": HOSTILE[name]}) == ["pass"]


LETTERS = st.lists(st.sampled_from("abc"), max_size=40)


@settings(max_examples=60, deadline=None)
@given(LETTERS, LETTERS, st.integers(3, 5))
def test_rows_are_what_a_plain_search_finds(own: list[str], other: list[str], size: int) -> None:
    shingles = shingled(worded("own", " ".join(own)), size)
    shingles.seek_in(worded("other", " ".join(other)))
    elsewhere = {tuple(other[start : start + size]) for start in range(len(other) - size + 1)}
    expected: list[int] = []
    start = 0
    while start <= len(own) - size:
        length = 0
        while tuple(own[start + length : start + length + size]) in elsewhere:
            length += 1
        expected += [length - 1 + size] * bool(length)
        start += length - 1 + size if length else 1
    assert [row.words for row in shingles.rows(within=False)] == expected
