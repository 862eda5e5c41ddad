"""The check `secrets`: each form with its line and length, near misses, examples; and that no value is ever told.

No secret stands here whole: each is put together, so that no scanner takes this file for a leak.
"""

import pytest
from gate_cases import HOSTILE, PNG_HEAD, material, said

MIX = "a1B2c3D4e5F6g7H8i9J0k"
SUGGESTION = "take it out, and revoke it; if it is no secret, write a pattern for it in `allow`, or put the rule off"
KEY_HEAD = "-----BEGIN " + "RSA PRIVATE KEY-----"

SECRETS = {
    "aws-key": ("an AWS access key id", "AKIA" + "Q3EGRTYUIOP4567A"),
    "github-token": ("a GitHub token", "ghp_" + "a1B2" * 9),
    "gitlab-token": ("a GitLab token", "glpat-" + "a1B2_" * 4),
    "anthropic-key": ("an Anthropic API key", "sk-ant-" + "api03-" + "a1B2" * 8),
    "openai-key": ("an OpenAI API key", "sk-proj-" + "a1B2" * 12),
    "google-key": ("a Google API key", "AIza" + "a1B2c" * 7),
    "google-client-secret": ("a Google OAuth client secret", "GOCSPX-" + "a1B2" * 7),
    "slack-token": ("a Slack token", "xoxb-" + "123456789-abcdef"),
    "slack-webhook": ("a Slack webhook", "hooks.slack.com/services/" + "T0A1B2C3D/B0A1B2C3D/" + "a1B2" * 6),
    "stripe-key": ("a Stripe key", "sk_live_" + "a1B2" * 6),
    "sendgrid-key": ("a SendGrid key", "SG." + MIX + "L." + MIX * 2 + "M"),
    "npm-token": ("an npm token", "npm_" + "a1B2" * 9),
    "pypi-token": ("a PyPI token", "pypi-AgE" + "a1B2" * 13),
    "hugging-face-token": ("a Hugging Face token", "hf_" + "a1B2" * 9),
    "docker-token": ("a Docker Hub token", "dckr_pat_" + "a1B2c3D4e" * 3),
    "digitalocean-token": ("a DigitalOcean token", "dop_v1_" + "a1b2" * 16),
    "shopify-token": ("a Shopify token", "shpat_" + "a1b2" * 8),
    "json-web-token": ("a JSON web token", "eyJ" + "hbGciOiJIUzI1.eyJ" + "zdWIiOiIxMjM0." + "a1B2" * 8),
    "address-password": ("a password in an address", "postgres://app:" + "hunter2x" + "@db.acme.io"),
    "private-key": ("a private key", KEY_HEAD),
}


def told(rule: str, called: str, length: int, line: int, severity: str = "critical") -> str:
    message = f"what looks like {called} of {length} characters stands here"
    return f"{severity} {rule} a.md:{line}: {message} -> {SUGGESTION}"


@pytest.mark.parametrize("rule", SECRETS)
def test_a_secret_is_told_by_kind_line_and_length_and_never_repeated(rule: str) -> None:
    called, value = SECRETS[rule]
    found = said({"secrets": None}, {"a.md": f"é\r\n\nsee {value} there\n"})
    assert found == ["fail", told(rule, called, len(value), 3)]
    assert value[-8:] not in found[1]


@pytest.mark.parametrize("rule", SECRETS)
def test_each_rule_can_be_put_off_and_changed(rule: str) -> None:
    called, value = SECRETS[rule]
    assert said({"secrets": {"rules": {rule: "off"}}}, {"a.md": value}) == ["pass"]
    found = said({"secrets": {"rules": {rule: "minor"}}}, {"a.md": value})
    assert found == ["pass", told(rule, called, len(value), 1, "minor")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The key is under the mat. Passwords are hard; a token of love.",
        "AKIA" + "Q3EGRTYUIOP4567",  # one too few
        "AKIA" + "Q3EGRTYUIOP4567AB",  # one too many
        "ghp_" + "a1B2" * 8 + "a1B",
        "glpat-" + "a1B2_" * 3 + "a1B2",
        "npm_" + "a1B2" * 8 + "a1B",
        "AIza" + "a1B2c" * 6 + "a1B2",
        "sk_live_" + "a1B2" * 4 + "a1B",
        "dop_v1_" + "a1b2" * 15 + "a1b",
        "https://acme.io:8080/a@b",
        "postgres://app:" + "hunte" + "@db.acme.io",
        "-----BEGIN " + "PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk-" + "x" * 48,
        "ghp_" + "X" * 36,
        "sk-ant-" + "your_key_here_your_key_here",
        "/sk-velky-prehlad-vsetkych-hrnciekov-z-dielne",
        "/sk-Velky-Prehlad-Vsetkych-Hrnciekov-2024-Dielne",
        "/sk-velky-prehlad-vsetkychhrnciekovzdielne2024",
        "/sk-Velky-prehlad-vsetkychhrnciekovzdielne",
        "postgres://app:${DB_PASS}@db.acme.io",
        "postgres://app:password@db.acme.io",
        "postgres://app:my-example-1@db.acme.io",
    ],
)
def test_near_misses_and_examples_pass(text: str) -> None:
    assert said({"secrets": None}, {"a.md": text}) == ["pass"]


def test_of_an_address_the_password_is_looked_at_and_not_the_host() -> None:
    value = "postgres://admin:" + "S3cretPw99" + "@db.example-corp.com"
    assert said("secrets", {"a.md": value}) == [
        "fail", told("address-password", "a password in an address", len(value), 1),
    ]  # fmt: skip


def test_an_invisible_character_parts_no_secret() -> None:
    called, value = SECRETS["npm-token"]
    parted = value[:9] + "\u200b" + value[9:20] + "\u00ad" + value[20:]
    assert said("secrets", {"a.md": f"é\n{parted}"}) == ["fail", told("npm-token", called, len(value), 2)]


def test_every_secret_is_told_not_only_the_first() -> None:
    one, other = SECRETS["npm-token"][1], SECRETS["aws-key"][1]
    found = said({"secrets": None}, {"a.md": f"{other} {one}\n\n{one}\n"})
    assert found == [
        "fail",
        told("aws-key", "an AWS access key id", 20, 1),
        told("npm-token", "an npm token", 40, 1),
        told("npm-token", "an npm token", 40, 3),
    ]


@pytest.mark.parametrize(("count", "more"), [(20, 0), (21, 1)])
def test_of_very_many_the_first_twenty_are_told(count: int, more: int) -> None:
    found = said({"secrets": None}, {"a.md": (SECRETS["npm-token"][1] + "\n") * count})
    assert len(found) == 1 + 20 + more
    if more:
        assert found[-1] == ("critical npm-token a.md: 1 more mistake of this kind -> mend these first, and look again")


def test_an_anthropic_key_is_no_openai_key() -> None:
    value = "sk-ant-" + "a1B2" * 20
    assert said({"secrets": None}, {"a.md": value}) == ["fail", told("anthropic-key", "an Anthropic API key", 87, 1)]


def test_a_private_key_is_as_long_as_it_goes_on() -> None:
    whole = f"{KEY_HEAD}\n{'a1B2' * 16}\n-----END " + "RSA PRIVATE KEY-----"
    assert said({"secrets": None}, {"a.md": f"x\n{whole}\n"}) == [
        "fail", told("private-key", "a private key", len(whole), 2),
    ]  # fmt: skip


# --- passwords and random tokens -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("password: hunter2", 7),
        ("PASSWORD=hunter2", 7),
        ('"password": "hunterr"', 7),
        ("db_passwd = 'correct-horse'", 13),
        ("pwd: secr3t", 6),
        ("<password>correct-horse</password>", 13),
        ('<Password type="plain">hunter</Password>', 6),
        ("mysql --password hunter2 shop", 7),
        ("mysql --password 'hunterr'", 7),
        ("curl -u ada:hunter2 acme.io", 7),
        ("curl --user='ada:hunter2' acme.io", 7),
        ("db:\n  password: >-\n    hunter2", 7),
        ("'password': |\n  hunter2  ", 7),
        ("password: hunt\u200ber2", 7),
        ("**passphrase**: hunter2!", 8),
    ],
)
def test_a_password_that_is_given_a_value_is_told(text: str, length: int) -> None:
    found = said({"secrets": None}, {"a.md": f"\n{text}\n"})
    line = 1 + f"\n{text}\n".rstrip().count("\n")
    assert found == ["fail", told("password-assignment", "a password", length, line, "major")]


@pytest.mark.parametrize(
    "text",
    [
        "password: required",
        "password: pass1",
        "password: changeme1",
        "password: $PASSWORD1",
        "password: ${DB_PASSWORD}",
        "password: ********",
        'password: "required"',
        "password: your-password-1",
        "the password is hunter2 they say",
        "password\nhunter2: x",
        "<password>short</password>",
        "<password>required</password>",
        "<passwords>hunter2</passwords>",
        "--password hunte",
        "--password required",
        "--password $DB_PASS1",
        "--password-stdin hunter2",
        "curl -u ada:hunte acme.io",
        "docker run -u daemon:docker x",
        "x-u ada:hunter2",
        "password: >-\n  Hunter2 is no password",
        "password: >-\nhunter2",
        "note: >-\n  hunter2",
        'password=os.environ["PW"]',
        "password = environ1['PW']",
        "password: getenv1('PW')",
    ],
)
def test_a_word_behind_password_is_none(text: str) -> None:
    assert said({"secrets": None}, {"a.md": text}) == ["pass"]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("secret: q7Rt2ZpW9xLk4VbN8mYc", 20),
        ("api_key = 'q7Rt2ZpW9xLk4VbN8mYcQ1'", 22),
        ("Authorization: Bearer q7Rt2ZpW9xLk4VbN8mYc", 20),
        ("token: " + "3f2a91c4d5e6f708192a3b4c5d6e7f80" + "91a2b3c4", 40),
        ("'api-key' : " + "3f2a91c4d5e6f708" * 4, 64),
        ("commit secret: " + "3f2a91c4d5e6f708192a3b4c5d6e7f80" + "91a2b3c4", 40),
        ("aws_secret_access_key = " + "q7Rt2ZpW9xLk4VbN8mYc/q7Rt2ZpW9xLk4+bN8mYc"[:40], 40),
        ("token: q7Rt2Zp\u200bW9xLk4V\u2060bN8mYc", 20),
        ("ACCESS_TOKEN=0f1e2d3c4b5a69788796a5b4c3d2e1f0", 32),
    ],
)
def test_a_random_token_behind_such_a_word_is_told(text: str, length: int) -> None:
    found = said({"secrets": None}, {"a.md": f"x\n{text}\n"})
    assert found == ["fail", told("high-entropy", "a random-looking key or token", length, 2, "major")]


@pytest.mark.parametrize(
    "text",
    [
        "secret: q7Rt2ZpW9xLk4VbN8mY",  # 19 characters
        "note: q7Rt2ZpW9xLk4VbN8mYc",
        "token: aaaaaaaaaabbbbbbbbbb1",
        "key: the-name-of-the-cookie-jar",
        "token commit: 3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4",
        '"token_sha1": "3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4"',
        "secret digest = " + "3f2a91c4d5e6f708" * 4,
        "cache token of 3f2a: x=3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4",
        "key: " + "3f2a91c4d5e6f708" * 4,
        "token: 123e4567-e89b-12d3-a456-426614174000",
        'secret: "sha256-q7Rt2ZpW9xLk4VbN8mYcq7Rt2ZpW9xLk4VbN8mYc"',
        "key: data:image/png;base64,q7Rt2ZpW9xLk4VbN8mYcq7Rt2ZpW9xLk4VbN8mYc",
        '<script integrity="sha384-q7Rt2ZpW9xLk4VbN8mYcq7Rt2ZpW9xLk4VbN8mYc">',
        "- {hash: 3f2a91c4d5e6f708192a3b4c5d6e7f8091a2b3c4, subject: Keep the key}",
        "key: 12345678901234567890123",
        "key: path/to/a/b/c1/d/e/f/g/h",
    ],
)
def test_hashes_names_and_pictures_are_no_random_tokens(text: str) -> None:
    assert said({"secrets": None}, {"a.md": text}) == ["pass"]


@pytest.mark.parametrize(("gap", "verdict"), [(32, "told"), (33, "passed over")])
def test_the_word_must_stand_near(gap: int, verdict: str) -> None:
    found = said({"secrets": None}, {"a.md": f"secret{' ' * gap} x=q7Rt2ZpW9xLk4VbN8mYc"})
    assert (len(found) == 2) == (verdict == "told")


# --- settings and files ----------------------------------------------------------------------------------------------


def test_a_form_that_is_allowed_is_none() -> None:
    value = SECRETS["stripe-key"][1]
    assert said({"secrets": {"allow": ["^sk_live_a1"]}}, {"a.md": f"x {value}"}) == ["pass"]
    assert said({"secrets": {"allow": ["^k_live"]}}, {"a.md": f"x {value}"})[0] == "fail"
    assert said({"secrets": {"allow": ["none", "sk_(live|test)"]}}, {"a.md": value}) == ["pass"]


def test_all_its_findings_can_be_made_remarks() -> None:
    assert said({"secrets": {"severity": "info"}}, {"a.md": "password: hunter2"})[0] == "pass"


def test_files_of_every_type_are_judged_and_pictures_without_a_line() -> None:
    called, value = SECRETS["npm-token"]
    picture = PNG_HEAD + b"\0\n\n" + value.encode() + b"\0password: hunter2"
    found = said({"secrets": None}, material({"a.png": picture, "b.bin": value.encode()}, ("a.png", "b.bin")))
    message = f"what looks like {called} of 40 characters stands here -> {SUGGESTION}"
    assert found == ["fail", f"critical npm-token a.png: {message}", f"critical npm-token b.bin:1: {message}"]


def test_a_text_in_another_encoding_is_read() -> None:
    text = "x\npassword: hunter2".encode("utf-16")
    assert said({"secrets": None}, {"a.md": text})[1] == told("password-assignment", "a password", 7, 2, "major")


def test_only_the_file_that_is_named_is_judged() -> None:
    files = {"a.md": SECRETS["npm-token"][1], "b.md": "x"}
    assert said({"secrets": {"file": "b.md"}}, material(files)) == ["pass"]
    assert said({"secrets": {"file": "c.md"}}, material(files)) == [
        "fail", "critical c.md: the file is not there -> write it",
    ]  # fmt: skip
    assert said({"secrets": None}, material(files, ())) == ["pass"]


@pytest.mark.parametrize(
    ("use", "part"),
    [
        ({"allow": ["("]}, "no regular expression of RE2"),
        ({"allow": [""]}, "the pattern '' matches nothing at all, which stands everywhere"),
        ({"allow": ["a", "x*"]}, "the pattern 'x*' matches nothing at all, which stands everywhere"),
        ({"allow": "x"}, "allow"),
        ({"rules": {"aws": "off"}}, "there is no rule 'aws'"),
        ({"rules": {"aws-key": "bad"}}, "aws-key"),
        ({"forms": []}, "forms"),
    ],
)
def test_wrong_settings_are_an_error(use: object, part: str) -> None:
    verdict, finding = said({"secrets": use}, {"a.md": "x"})
    assert verdict == "error"
    assert part in finding


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_judged(name: str) -> None:
    assert said({"secrets": {"allow": ["x"]}}, {"a.md": HOSTILE[name]}) == ["pass"]


@pytest.mark.parametrize("piece", ["sk-", "eyJ", "AKIA", "://a:a@", "password=", "key: aB1", "-----BEGIN ", "a.eyJ"])
def test_a_long_row_of_one_beginning_is_judged(piece: str) -> None:
    assert said({"secrets": None}, {"a.md": piece * (200_000 // len(piece))})[0] in ("pass", "fail")
