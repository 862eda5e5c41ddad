"""What goes to a terminal: harmless text, figures, tables, wrapped lines."""

import click
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.cli.output import bytes_said, cut, line, plain, seconds, table, usd, width, wrapped


def test_what_steers_a_terminal_is_taken_away_and_the_text_stays() -> None:
    hostile = (
        "a\x1b[31mred\x1b[0m \x1b]52;c;ZXZpbA==\x07b\x1b]8;;http://x\x1b\\c \x9b2Jd\u202eevil\u2066 \x08e\r\nf\tg\x00"
    )
    assert plain(hostile) == "ared bc devil e\nf\tg"


def test_a_sequence_without_an_end_cannot_begin_one() -> None:
    assert plain("a\x1b[31") == "a31"
    assert plain("a\x1b]0;a title") == "a"


@given(
    st.text(
        alphabet=st.sampled_from("ab[];0m\\\x1b\x9b\x9d\x9c\x07\x08\r\n\t\u202e\u2066\u200b\ufeff\ud800"), max_size=40
    )
)
def test_nothing_plain_can_steer_or_hide(text: str) -> None:
    shown = plain(text)
    assert set(shown) <= set("ab[];0m\\\n\t")
    assert plain(shown) == shown


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    assert "\n" not in line(text)


@given(st.text(alphabet="ab c漢e\u0301"), st.integers(min_value=1, max_value=20))
def test_what_is_cut_fits(text: str, most: int) -> None:
    assert width(cut(text, most)) <= max(most, 1)


@given(st.text(alphabet="ab c", min_size=1), st.integers(min_value=10, max_value=30))
def test_what_is_wrapped_keeps_every_word_in_order(text: str, columns: int) -> None:
    assert " ".join(wrapped(text, columns)).split() == text.split()


def test_wrapped_lines_fit_and_go_on_indented() -> None:
    assert wrapped("  major text.md: the text has one word", 20) == [
        "  major text.md: the",
        "    text has one",
        "    word",
    ]
    assert wrapped("short", 20) == ["short"]


def test_colours_and_wide_characters_do_not_push_a_column() -> None:
    rows = [[click.style("✓", fg="green"), "漢字", "1"], ["x", "ab", "12"]]
    assert [click.unstyle(row) for row in table(rows, right=[2])] == ["✓  漢字   1", "x  ab    12"]
    assert table([]) == []


def test_figures_are_shown_as_people_write_them() -> None:
    assert [usd(amount) for amount in (0, 0.0042, 0.01, 12.3)] == ["$0.00", "$0.0042", "$0.01", "$12.30"]
    assert [seconds(ms) for ms in (0, 1_250, 60_000, 125_000)] == ["0.0 s", "1.2 s", "1:00 min", "2:05 min"]
    assert [bytes_said(size) for size in (999, 1_500, 2_500_000)] == ["999 bytes", "2 kB", "2.5 MB"]
