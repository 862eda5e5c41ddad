"""The forms of secrets, and how random a token is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.content.secrets import FORMS, Secret, entropy, secret_in, secrets_in

NPM = b"npm_" + b"a1B2" * 9


@pytest.mark.parametrize(
    ("token", "bits"), [(b"aaaa", 0.0), (b"abab", 1.0), (b"abcd", 2.0), (b"0123456789abcdef", 4.0), (b"a", 0.0)]
)
def test_entropy_is_shannons_in_bits_a_character(token: bytes, bits: float) -> None:
    assert entropy(token) == bits


@given(st.binary(min_size=1, max_size=64))
def test_entropy_lies_between_nothing_and_the_bits_of_a_byte(token: bytes) -> None:
    assert entropy(token) + 1e-9 >= 0
    assert entropy(token) <= 8


def test_forms_have_names_of_their_own() -> None:
    assert len({form.name for form in FORMS}) == len(FORMS)
    assert all(form.called.startswith(("a ", "an ")) for form in FORMS)


def test_the_first_form_is_told_examples_too() -> None:
    assert secret_in(b"x " + NPM) == "an npm token"
    assert secret_in(b"AKIA" + b"IOSFODNN7EXAMPLE") == "an AWS access key id"
    assert secret_in(b"prose") is None


def test_in_what_is_no_text_only_forms_are_looked_for() -> None:
    content = b"password: hunter2\n" + NPM
    assert [found.form for found in secrets_in(content)] == ["password-assignment", "npm-token"]
    assert [found.form for found in secrets_in(content, is_text=False)] == ["npm-token"]


def test_what_is_allowed_is_asked_for_by_its_value_and_the_others_keep_their_lines() -> None:
    content = b"password: hunter2\n\n" + NPM + b"\n"
    asked: list[str] = []

    def allowed(value: str) -> bool:
        asked.append(value)
        return value == "hunter2"

    assert list(secrets_in(content, allowed=allowed)) == [Secret("npm-token", "an npm token", 3, 40)]
    assert asked == ["hunter2", NPM.decode()]


@given(st.binary(max_size=200))
def test_any_bytes_are_judged_and_lines_are_in_order(content: bytes) -> None:
    lines = [found.line for found in secrets_in(content + b"\n" + NPM + b"\n")]
    assert lines == sorted(lines)
    assert lines[-1] == content.count(b"\n") + 2
