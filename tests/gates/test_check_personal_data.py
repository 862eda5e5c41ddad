"""The check `personal_data`: each kind, near misses with one sign changed, what is allowed; no value is ever told."""

import pytest
from gate_cases import HOSTILE, Files, material, said

EMAIL = "a mail address stands here -> take it out, write one at example.com, or name it or its domain in `allow`"
PHONE = "a phone number stands here -> take it out, or name it in `allow`"
IBAN = "the number of an account (IBAN) stands here -> take it out"
CARD = "the number of a card stands here -> take it out"
IP = "the address of a machine (IP) stands here -> take it out"
BIRTH = "a date of birth stands here -> take it out"
ALL = {"rules": {"ip": "minor", "birth-date": "major"}}


def found(text: str, use: object = None) -> list[str]:
    return said({"personal_data": use}, {"a.md": text})


@pytest.mark.parametrize(
    "text",
    [
        "Write to ada@acme.com.",
        "<ada.lovelace+mugs@mail.acme.co.uk>",
        "ada&#64;acme.com",
        "ADA@ACME.COM",
        "mailto:ada@acme.com",
        "é@acme.de",
        "ada@notexample.com",
        "ada@example.com.de",
        "ada\\@acme.com",
        "ada\\u0040acme.com",
        '{"mail": "ada\\U0040acme\\u002ecom"}',
        "**ada**@acme.com",
    ],
)
def test_a_mail_address_is_told_with_its_line_alone(text: str) -> None:
    assert found(f"é\r\n\n{text}\n") == ["fail", f"major email a.md:3: {EMAIL}"]


@pytest.mark.parametrize(
    "text",
    [
        "ada@example.com",
        "ada@mail.example.org",
        "ada@example.net",
        "ada@acme.test",
        "ada@acme.invalid",
        "ada@localhost",
        "mug@2x.png",
        "git@github.com:acme/mugs.git",
        "@acme.com",
        "ada@acme",
        "ada @acme.com",
        "ada.@acme.com",
        "ada@acme.c",
        "pip install mugs@1.2.3",
        "@ada thanked @bob",
    ],
)
def test_nobodys_addresses_pass(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    ("allow", "verdict"),
    [
        (["shop@acme.com"], "pass"),
        (["SHOP@acme.com"], "pass"),
        (["acme.com"], "pass"),
        (["@acme.com"], "pass"),
        (["com.acme", "cme.com", "bob@acme.com", "mail.acme.com"], "fail"),
    ],
)
def test_addresses_and_domains_can_be_allowed(allow: list[str], verdict: str) -> None:
    assert found("shop@acme.com", {"allow": allow})[0] == verdict
    assert found("shop@acme.com", allow)[0] == verdict


def test_what_lies_below_an_allowed_domain_is_allowed() -> None:
    assert found("shop@mail.acme.com", ["acme.com"]) == ["pass"]
    assert found("shop@notacme.com", ["acme.com"])[0] == "fail"


@pytest.mark.parametrize(
    "text",
    [
        "+49 30 901820",
        "+49 (30) 901820-14",
        "+1 202-555-0143",
        "+442079460958",
        "0049 30 901820",
        "(202) 555-0143",
        "202-555-0143",
        "202 555 0143",
        "(030) 901820",
        "030/901820",
        "01 23 45 67 89",
        "020 7946 0958",
        "Call 020 7946 0958, or write.",
        "Ada,+14155550132,Berlin",
        "42,+14155550132,42",
        "Ada,202-555-0143,Berlin",
        "202\u2011555\u20130143",
        "+49\u201030\u2212901820",
        "**+49** 30 ~901820~",
    ],
)
def test_a_phone_number_is_told(text: str) -> None:
    assert found(f"x\n{text}") == ["fail", f"major phone a.md:2: {PHONE}"]


@pytest.mark.parametrize(
    "text",
    [
        "12,202-555-0143",
        "202-555-0143,000",
        "+49 30 901820,500 and 1 +49 30 901820",
        "1,200,000 and 1 200 000 and 12 345 678",
        "+12 345 678",
        "2026-03-01 12:30 and 01/03/2026",
        "ISBN 978-3-16-148410-0 and 9783161484100",
        "3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4",
        "$1,299.00, 24.00 and 1.299,00",
        "102-555-0143",
        "202-155-0143",
        "+83 30 901820",
        "+49 30 901",
        "+49 30 901820 12345 6789 123",
        "0000 1234",
        "1.2.3.4 and 192.168.0.1",
        "5 000 000 000",
        "2024 2025 2026",
        "123e4567-e89b-12d3-a456-426614174000",
        "#12345678",
        "v1.20.300-4000",
    ],
)
def test_prices_dates_and_numbers_of_goods_are_no_phone_numbers(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    ("allow", "verdict"), [("+49 30 901820", "pass"), ("+4930901820", "pass"), ("+49 30 901821", "fail")]
)
def test_a_phone_number_can_be_allowed_however_it_is_written(allow: str, verdict: str) -> None:
    assert found("+49 (30) 90-18-20", [allow])[0] == verdict


def test_a_phone_number_has_eight_digits_at_the_least_and_fifteen_at_the_most() -> None:
    assert found("+49 301234")[0] == "fail"
    assert found("+49 30123")[0] == "pass"
    assert found("+49 1234567890123")[0] == "fail"
    assert found("+49 12345678901234")[0] == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89370400440532013000",
        "de89 3704 0044 0532 0130 00.",
        "GB29 NWBK 6016 1331 9268 19",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
        "IBAN:CH9300762011623852957",
    ],
)
def test_an_account_is_told(text: str) -> None:
    assert found(f"\n\n{text}") == ["fail", f"critical iban a.md:3: {IBAN}"]


@pytest.mark.parametrize(
    "text",
    [
        "DE89 3704 0044 0532 0130 01",
        "DE88 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130 0",
        "XX89 3704 0044 0532 0130 00",
        "GB29 NWBK 6016 1331 9268 18",
        "GB29 NWBL 6016 1331 9268 19",
        "XDE89370400440532013000",
        "DE893704004405320130001",
    ],
)
def test_an_account_with_one_sign_changed_is_none(text: str) -> None:
    assert found(text, {"rules": {"phone": "off"}}) == ["pass"]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4222222222222",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "3782 822463 10005",
        "30569309025904",
        "6011111111111117",
        "3530111333300000",
        "card 4111111111111111.",
    ],
)
def test_a_card_is_told(text: str) -> None:
    assert found(f"x\n\n{text}") == ["fail", f"critical card a.md:3: {CARD}"]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1112",
        "4111 1111 1111 1121",
        "411111111111111",
        "41111111111111111",
        "9111111111111111",
        "1.4111111111111111",
        "4111111111111111a",
        "5655555555554444",
        "9783161484100",
        "4006381333931",
    ],
)
def test_a_card_with_one_digit_changed_is_none(text: str) -> None:
    assert found(text) == ["pass"]


@pytest.mark.parametrize("text", ["8.8.8.8", "2001:4860:4860::8888", "at 8.8.8.8."])
def test_a_machine_is_told_where_that_is_asked_for(text: str) -> None:
    assert found(f"x\n{text}", ALL) == ["pass", f"minor ip a.md:2: {IP}"]
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    "text",
    [
        "192.168.0.1",
        "10.0.0.1",
        "127.0.0.1",
        "192.0.2.1",
        "2001:db8::1",
        "8.8.8.256",
        "8.8.8",
        "::1",
        "12:30",
        "1.8.8.8.8",
    ],
)
def test_a_houses_own_machines_are_nobodys(text: str) -> None:
    assert found(text, ALL) == ["pass"]


@pytest.mark.parametrize(
    "text",
    ["born 1815-12-10", "Born on 10 December 1815", "date of birth: 10.12.1815", "DOB 12/10/1815",
     "geboren am 10. Dezember 1815",
     "birthday: December 10th, 1815"],
)  # fmt: skip
def test_a_date_of_birth_is_told_where_that_is_asked_for(text: str) -> None:
    assert found(f"x\n{text}", ALL) == ["fail", f"major birth-date a.md:2: {BIRTH}"]
    assert found(text) == ["pass"]


@pytest.mark.parametrize(
    "text",
    [
        "born in 1815",
        "reborn 1815-12-10",
        "born\n1815-12-10",
        "released 1815-12-10",
        "born " + "x" * 41 + " 1815-12-10",
    ],
)
def test_another_date_is_none(text: str) -> None:
    assert found(text, ALL) == ["pass"]


@pytest.mark.parametrize(
    "text",
    [
        "4012.8888.8888.1881",
        "3782.822463.10005",
        "Ada,4111111111111111,Berlin",
        "Ada,4111111111111111,12",
        "4111\u20111111\u20131111-1111",
        "**4111** 1111 1111 *1111*",
    ],
)
def test_a_card_in_another_dress_is_told(text: str) -> None:
    assert found(f"x\n{text}") == ["fail", f"critical card a.md:2: {CARD}"]


@pytest.mark.parametrize(
    "text",
    ["4012.8888.8888.1882", "4012.88888888.1881", "1.4012.8888.8888.1881", "4012.8888.8888.1881.2",
     "1,4111111111111111", "4111111111111111,234"],
)  # fmt: skip
def test_a_number_in_such_a_dress_is_no_card(text: str) -> None:
    assert found(text) == ["pass"]


def test_an_account_with_emphasis_is_told() -> None:
    assert found("x\n**DE89** 3704 0044 0532 0130 00") == ["fail", f"critical iban a.md:2: {IBAN}"]


COORDINATES = '<path\nd="M 202 555 0143 L 4111 1111 1111 1111"/>'


@pytest.mark.parametrize("ending", ["svg", "html", "htm", "HTML"])
def test_of_pages_and_drawings_the_text_counts(ending: str) -> None:
    name = f"a.{ending}"
    style = "<style>\n.a{width:202-555-0143}</style>"
    assert said("personal_data", {name: f"<svg>{style}{COORDINATES}<text>300 ml</text></svg>"}) == ["pass"]
    page = f"<svg>{COORDINATES}{style}<text>ada<tspan>@acme</tspan>.com</text>\n<td>1</td><td>202-555-0143</td></svg>"
    assert said("personal_data", {name: page}) == [
        "fail", f"major email {name}:3: {EMAIL}", f"major phone {name}:4: {PHONE}",
    ]  # fmt: skip
    links = '<a href="mailto:ada@acme.com?subject=x">x</a>\n<a href="tel:+14155550132">y</a>'
    assert said("personal_data", {name: links}) == [
        "fail", f"major email {name}:1: {EMAIL}", f"major phone {name}:2: {PHONE}",
    ]  # fmt: skip
    assert said("personal_data", {"a.md": COORDINATES})[0] == "fail"


def test_all_is_told_in_the_order_of_the_lines_and_no_value_with_it() -> None:
    text = "4111 1111 1111 1111\nada@acme.com, +49 30 901820\nDE89 3704 0044 0532 0130 00\n"
    told = found(text)
    assert told == [
        "fail",
        f"critical card a.md:1: {CARD}",
        f"major email a.md:2: {EMAIL}",
        f"major phone a.md:2: {PHONE}",
        f"critical iban a.md:3: {IBAN}",
    ]
    assert not any(value in line for line in told for value in ("4111", "ada", "acme", "9018", "3704"))


@pytest.mark.parametrize(("count", "more"), [(20, 0), (21, 1)])
def test_of_very_many_the_first_twenty_are_told(count: int, more: int) -> None:
    told = found("ada@acme.com\n" * count)
    assert len(told) == 1 + 20 + more
    if more:
        assert told[-1] == "major email a.md: 1 more mistake of this kind -> mend these first, and look again"


def test_a_rule_can_be_put_off_and_changed() -> None:
    assert found("ada@acme.com", {"rules": {"email": "off"}}) == ["pass"]
    assert found("ada@acme.com", {"rules": {"email": "info"}}) == ["pass", f"info email a.md:1: {EMAIL}"]
    assert found("8.8.8.8 ada@acme.com", {"severity": "minor"}) == ["pass", f"minor email a.md:1: {EMAIL}"]


def test_texts_of_all_types_are_judged_and_pictures_are_not() -> None:
    mail = "ada@acme.com"
    files: Files = {"a.txt": mail, "b.csv": mail, "c": mail, "d.png": b"\0\1" + mail.encode(), "e.yaml": mail}
    told = said({"personal_data": None}, material(files, tuple(files)))
    assert told == ["fail", *(f"major email {path}:1: {EMAIL}" for path in ("a.txt", "b.csv", "c", "e.yaml"))]


def test_a_text_that_cannot_be_read_and_one_that_is_not_there_fail() -> None:
    seen = material({"a.md": b"\0", "b": "x"}, ("a.md", "gone", "b"))
    assert said({"personal_data": None}, seen) == [
        "fail",
        "critical a.md:1: the file has a NUL byte: it is no text -> write it anew as text",
        "critical gone: the file is not there -> write it",
    ]


def test_only_the_file_that_is_named_is_judged() -> None:
    files = {"a.md": "ada@acme.com", "b.md": "x"}
    assert said({"personal_data": {"file": "b.md"}}, material(files)) == ["pass"]
    assert said({"personal_data": None}, material(files, ("b.md",))) == ["pass"]
    assert said({"personal_data": {"file": "a.md"}}, material(files, ("b.md",)))[0] == "fail"


@pytest.mark.parametrize(
    ("use", "part"),
    [
        ({"allow": ["acme"]}, "'acme' is no mail address, domain or phone number"),
        ({"allow": [""]}, "is no mail address"),
        ({"allow": "acme.com"}, "allow"),
        ({"rules": {"mail": "off"}}, "there is no rule 'mail'"),
        ({"kinds": []}, "kinds"),
    ],
)
def test_wrong_settings_are_an_error(use: object, part: str) -> None:
    verdict, finding = found("x", use)
    assert verdict == "error"
    assert part in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_are_judged(name: str) -> None:
    assert said({"personal_data": ALL}, {"a.md": HOSTILE[name]})[0] in ("pass", "fail")


@pytest.mark.parametrize(
    "piece",
    [
        "@",
        "a@",
        "a.",
        "a@a.",
        "+1",
        "(0",
        "0 1",
        "de12 ",
        "4 ",
        "1.",
        "::",
        "born 1",
        "&#64;",
        "<a",
        "<style>",
        "**1",
        "\\u00",
        "1,",
    ],
)
def test_a_long_row_of_one_beginning_is_judged(piece: str) -> None:
    assert found(piece * (200_000 // len(piece)), ALL)[0] in ("pass", "fail")
