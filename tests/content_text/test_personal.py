"""Personal data: accounts and cards are proved by their digits; kinds, lines and what is allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.personal import (
    BIRTH_DATE,
    CARD,
    EMAIL,
    IBAN,
    IP,
    MOST,
    PHONE,
    Allowed,
    Trace,
    allowed,
    traces,
)

KINDS = (EMAIL, PHONE, IBAN, CARD, IP, BIRTH_DATE)


def iban(account: str) -> str:
    digits = "".join(str(int(char, 36)) for char in f"{account}DE00")
    return f"DE{98 - int(digits) % 97:02}{account}"


def card(digits: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(number // 10 + number % 10 for number in doubled) % 10)


@given(st.text("0123456789", min_size=18, max_size=18))
def test_every_account_with_right_check_digits_is_found(account: str) -> None:
    assert list(traces(f"x {iban(account)}\n", [IBAN])) == [Trace(IBAN, 1)]


@given(st.text("0123456789", min_size=18, max_size=18), st.integers(4, 21), st.integers(1, 9))
def test_an_account_with_one_digit_changed_never_is(account: str, place: int, by: int) -> None:
    right = iban(account)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert list(traces(wrong, [IBAN])) == []


@given(st.text("0123456789", min_size=14, max_size=14))
def test_every_card_with_a_right_check_digit_is_found(digits: str) -> None:
    assert list(traces(card("4" + digits), [CARD])) == [Trace(CARD, 1)]


@given(st.text("0123456789", min_size=14, max_size=14), st.integers(1, 15), st.integers(1, 9))
def test_a_card_with_one_digit_changed_never_is(digits: str, place: int, by: int) -> None:
    right = card("4" + digits)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert list(traces(wrong, [CARD])) == []


def test_what_is_allowed_is_read_as_addresses_and_numbers() -> None:
    assert allowed(["Shop@Acme.com", "@acme.org", "+49 (30) 90-18"]) == Allowed(
        frozenset({"shop@acme.com", "acme.org"}), frozenset({"49309018"})
    )
    with pytest.raises(ValueError, match="'acme' is no mail address"):
        allowed(["acme"])


def test_only_the_kinds_that_are_asked_for_are_found() -> None:
    text = "ada@acme.com\n4111 1111 1111 1111\n"
    assert list(traces(text, [CARD])) == [Trace(CARD, 2)]
    assert list(traces(text, [])) == []


def test_of_a_kind_a_thousand_are_told() -> None:
    assert sum(1 for _ in traces("ada@acme.com\n" * (MOST + 1), [EMAIL])) == MOST


def test_an_escaped_line_end_moves_no_line() -> None:
    assert list(traces("a&#10;b\nada@acme.com", [EMAIL])) == [Trace(EMAIL, 2)]


@given(st.text("0123456789 +-/().@:adex\n", max_size=80))
def test_any_text_is_judged_and_lines_are_in_order(text: str) -> None:
    found = [trace.line for trace in traces(text + "\nada@acme.com", KINDS)]
    assert found == sorted(found)
    assert found[-1] == text.count("\n") + 2
