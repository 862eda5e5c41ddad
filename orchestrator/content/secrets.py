"""The common forms of secrets, with the line of each. Says which form it is and how long; never returns the value.

The forms are those that their issuers document (a fixed prefix, a fixed alphabet and length), so that prose is not
taken for one. Two more are judged by what stands before them: a password that is given a value, and a random-looking
token behind a word such as `key`.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PASSWORD = "password-assignment"
RANDOM = "high-entropy"

FEWEST_RANDOM = 20
"""Characters of a token whose entropy says something."""
BASE64_BITS = 4.0
"""Bits a character, at the least; words run together reach some 3.5, a random token of 24 characters 4.3 and more."""
HEX_BITS = 3.0
"""Bits a character, at the least; a random token of hexadecimal digits has close to 4."""
FEWEST_PASSWORD = 6
"""Characters of a password that is worth hiding."""

Allowed = Callable[[str], bool]
"""Says of a value whether it may stand."""


_BEGUN = re.compile(
    r"\b(?:sk-ant-|sk-|[rs]k_(?:live|test)_|gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt)-|xox[abeoprs]-|A[KS]IA|AIza|hf_|npm_"
    r"|pypi-|SG\.|eyJ)[\w.-]{6,2000}"
)


def hidden(text: str) -> str:
    """Return a text, such as a finding that quotes, without what begins as a token of a known form begins."""
    return _BEGUN.sub("[a secret]", text)


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of secret is written. `hints` are texts of which one stands in every such secret."""

    name: str
    called: str
    pattern: re.Pattern[bytes]
    hints: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands and what it is: the name of its form, words for it, its 1-based line, its characters."""

    form: str
    called: str
    line: int
    length: int


@dataclass(frozen=True, slots=True)
class _Place:
    form: str
    called: str
    start: int
    end: int


def _form(name: str, called: str, pattern: bytes, *hints: bytes) -> Form:
    return Form(name, called, re.compile(pattern), hints)


FORMS = (
    _form(
        "private-key",
        "a private key",
        rb"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----|AGE-SECRET-KEY-1[A-Z0-9]{58}\b"
        rb"|PuTTY-User-Key-File-[23]: ",
        b"PRIVATE KEY",
        b"AGE-SECRET-KEY-1",
        b"PuTTY-User-Key-File-",
    ),
    _form("aws-key", "an AWS access key id", rb"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b", b"AKIA", b"ASIA"),
    _form(
        "github-token",
        "a GitHub token",
        rb"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{60,255}\b",
        *(b"gh%c_" % letter for letter in b"pousr"),
        b"github_pat_",
    ),
    _form("gitlab-token", "a GitLab token", rb"\bgl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,64}", b"glp", b"gldt-", b"glrt-"),
    _form("anthropic-key", "an Anthropic API key", rb"\bsk-ant-[A-Za-z0-9_-]{24,200}", b"sk-ant-"),
    _form(
        "openai-key",
        "an OpenAI API key",
        rb"\bsk-(?=[\w-]{0,200}?[A-Z])(?=[\w-]{0,200}?\d)(?=[\w-]{0,200}?[A-Za-z0-9]{16})"  # no title of many words
        rb"(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}\b|\bsk-[A-Za-z0-9]{32,64}\b",
        b"sk-",
    ),
    _form("google-key", "a Google API key", rb"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])", b"AIza"),
    _form(
        "google-client-secret",
        "a Google OAuth client secret",
        rb"\bGOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])",
        b"GOCSPX-",
    ),
    _form("slack-token", "a Slack token", rb"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}", b"xox"),
    _form(
        "slack-webhook",
        "a Slack webhook",
        rb"\bhooks\.slack\.com/services/T[A-Za-z0-9_]{6,20}/B[A-Za-z0-9_]{6,20}/[A-Za-z0-9_]{16,40}",
        b"hooks.slack.com",
    ),
    _form("stripe-key", "a Stripe key", rb"\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,250}\b", b"k_live_", b"k_test_"),
    _form("sendgrid-key", "a SendGrid key", rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}", b"SG."),
    _form("npm-token", "an npm token", rb"\bnpm_[A-Za-z0-9]{36}\b", b"npm_"),
    _form("pypi-token", "a PyPI token", rb"\bpypi-AgE[A-Za-z0-9_-]{50,500}", b"pypi-AgE"),
    _form("hugging-face-token", "a Hugging Face token", rb"\bhf_[A-Za-z0-9]{34,64}\b", b"hf_"),
    _form("docker-token", "a Docker Hub token", rb"\bdckr_pat_[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])", b"dckr_pat_"),
    _form("digitalocean-token", "a DigitalOcean token", rb"\bdo[opr]_v1_[a-f0-9]{64}\b", b"_v1_"),
    _form("shopify-token", "a Shopify token", rb"\bshp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}\b", b"shp"),
    _form(
        "json-web-token",
        "a JSON web token",
        rb"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,2000}",
        b".eyJ",
    ),
    _form(
        "address-password",
        "a password in an address",
        rb"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>]{1,100}:(?P<value>[^\s/@'\"<>]{6,200})@[A-Za-z0-9.-]{3,250}",
        b"://",
    ),
)
"""A secret that has two of these forms is the one that stands first: an Anthropic key begins as OpenAI's do."""

_ASSIGNED = re.compile(
    rb"[:=Bb](?:(?<=[:=])>?[ \t]{0,3}(?:[Bb]earer[ \t])?|(?<=[Bb])earer[ \t])"
    rb"(?P<mark>[\"'`]?)(?P<value>[^\s\"'`<>,;()\[\]{}]{6,500})(?P=mark)"
)
_PLAIN = (
    (re.compile(rb"<(?i:passw(?:or)?d|passphrase|pwd)(?:[ \t][^<>]{0,100})?>(?P<value>[^\s<>]{6,500})</"), b"</"),
    (re.compile(rb"--(?i:passw(?:or)?d|passphrase|pwd)[ \t]{1,3}[\"']?(?P<value>[^\s\"'`<>,;]{6,500})"), b"--"),
    (
        re.compile(rb"-(?<!\S-)(?:u|-user)[ \t=]{1,3}[\"']?[^\s\"'`:]{1,100}:(?P<value>[^\s\"'`<>,;]{6,500})"),
        b"-u",
    ),
    (
        re.compile(
            rb":(?i:(?<=password:)|(?<=passwd:)|(?<=passphrase:)|(?<=pwd:)|(?<=password[\"']:))"
            rb"[ \t]{0,9}[|>][-+1-9]{0,2}[ \t]{0,9}\n[ \t]{1,40}"
            rb"(?P<value>[^\s\"'`<>]{6,500})[ \t]{0,9}(?![^\n])"
        ),
        b":",
    ),
)
"""Passwords that stand behind no `:` or `=`: in XML, in options of a command, in a block of YAML. And a hint."""
_PASSWORD_BEFORE = re.compile(rb"(?i:passw(?:or)?d|passphrase|pwd)(?:[\"'`*_]{1,3})?[ \t]{0,3}$")
_WORD_BEFORE = re.compile(
    rb"(?i:secret|token|passw(?:or)?d|passphrase|pwd|credential|auth|bearer|(?<![a-z])(?:api)?key)|Key"
)
_LOOK_BACK = 40
"""Bytes before a value in which the word must stand, on its line."""

_LONGEST_KEY = 10_000
"""Bytes of a private key."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{20,500}={0,2}")
_HEX = re.compile(rb"[0-9a-fA-F]{20,500}")
_DIGEST_LENGTHS = (40, 64)
"""Of SHA-1 and SHA-256, and so of git's object ids: no secret, but behind a word that says it is one."""
_SECRET_KEY = re.compile(
    rb"(?i:secret|token|passw(?:or)?d|passphrase|pwd|credential|api[_-]?key)[\w.-]{0,20}[\"'`*]{0,3}[ \t]{0,3}$"
)
_DIGEST_KEY = re.compile(
    rb"(?i:commit|sha|oid|digest|hash|checksum|fingerprint|integrity)[\w-]{0,10}[\"'`*]{0,3}[ \t]{0,3}$"
)
"""The word that a value is given to, as far as it says what the value is."""
_DIGEST = re.compile(rb"(?:sha(?:1|224|256|384|512)|md5)[-:]", re.IGNORECASE)
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_PLACEHOLDER = re.compile(
    rb"(?i:example|sample|dummy|fake|placeholder|changeme|change[_-]me|redacted|your|insert|replace|todo|password)"
    rb"|\*{3}|\.{3}|\$\w|%\w{1,40}%|^[$%&@]|(?i:(.)\1{5})"
)
_STAND_IN = re.compile(rb"[$%{*\[]|\.{3}|(?i:password|passwd|changeme|secret|hunter2)$")
_TELLING = re.compile(rb"(?=.{0,500}[^\W\d_])(?=.{0,500}[\d!#$%&*+?^~@])", re.DOTALL)
_INVISIBLE = re.compile(  # in UTF-8: what words.fold takes out of a text, as far as it joins letters unseen
    rb"\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf|\xef\xb8[\x80-\x8f]|\xc2\xad|\xcd\x8f"
    rb"|\xe1\xa0[\x8b-\x8f]|\xf3\xa0[\x80-\x87][\x80-\xbf]"
)
_EXAMPLE = re.compile(rb"EXAMPLE|(?i:(.)\1{7})|(?i:example|placeholder|redacted|your[_-])|1234567890abcdef")


def secret_in(content: bytes) -> str | None:
    """Return what the first form that stands in the content is called, or None. Examples are no exception."""
    bare = seen(content)
    return next((form.called for form in FORMS if any(_matches(form, bare))), None)


def secrets_in(content: bytes, *, is_text: bool = True, allowed: Allowed | None = None) -> Iterator[Secret]:
    """Yield every secret of the content in the order of its lines; well-known examples and what is allowed are none.

    In what is no text only the forms of issuers are looked for. In a text invisible characters part no secret.
    """
    content = seen(content) if is_text else content
    places = list(_by_form(content))
    if is_text:
        places += _assigned(content, places)
        places += _plain(content, places)
    line, reached = 1, 0
    for place in sorted(places, key=lambda place: (place.start, place.end)):
        value = content[place.start : place.end]
        if allowed and allowed(value.decode("utf-8", "replace")):
            continue
        line += content.count(b"\n", reached, place.start)
        reached = place.start
        yield Secret(place.form, place.called, line, len(value.decode("utf-8", "replace")))


def redacted(content: bytes) -> bytes:
    """Return the text with `[secret]` where a secret stands, examples too; invisible characters are left out."""
    content = seen(content)
    places = list(_by_form(content))
    places += _assigned(content, places)
    places += _plain(content, places)
    kept, reached = [], 0
    for place in sorted(places, key=lambda place: (place.start, -place.end)):
        if place.end > reached:
            kept += [content[reached : max(place.start, reached)], b"[secret]"]
            reached = place.end
    return b"".join([*kept, content[reached:]])


def seen(content: bytes) -> bytes:
    """Return a text in UTF-8 as the eye has it: without the characters that join letters unseen."""
    return content if content.isascii() else _INVISIBLE.sub(b"", content)


def entropy(token: bytes) -> float:
    """Return Shannon's entropy of a token, in bits a character, by how often each of its characters stands in it."""
    counts = Counter(token).values()
    return math.log2(len(token)) - sum(count * math.log2(count) for count in counts) / len(token)


def _matches(form: Form, content: bytes) -> Iterator[re.Match[bytes]]:
    """A look for a hint costs a hundredth of a look for the form."""
    if any(hint in content for hint in form.hints):
        yield from form.pattern.finditer(content)


def _by_form(content: bytes) -> Iterator[_Place]:
    taken: set[int] = set()
    for form in FORMS:
        for match in _matches(form, content):
            if match.start() in taken or _is_example(match):
                continue
            taken.add(match.start())
            yield _Place(form.name, form.called, match.start(), _end(match, content))


def _is_example(match: re.Match[bytes]) -> bool:
    """Of an address the password is asked, whatever its host is called."""
    if "value" in match.re.groupindex:
        return bool(_EXAMPLE.search(match["value"]) or _STAND_IN.match(match["value"]))
    return bool(_EXAMPLE.search(match.group(0)))


def _end(match: re.Match[bytes], content: bytes) -> int:
    """A private key goes on to the mark of its end, where there is one as near as keys are long."""
    if not match.group(0).startswith(b"-----BEGIN"):
        return match.end()
    mark = content.find(b"\n-----END ", match.end(), match.end() + _LONGEST_KEY)
    end = content.find(b"-----", mark + 10, mark + 80) if mark >= 0 else -1
    return end + 5 if end >= 0 else match.end()


def _assigned(content: bytes, known: list[_Place]) -> Iterator[_Place]:
    """What a word such as `password` or `key` is given, where it is no known form already."""
    taken = {place.start for place in known}
    for match in _ASSIGNED.finditer(content):
        before = content[max(match.start() - _LOOK_BACK, 0) : match.start()].rpartition(b"\n")[2]
        start, end = match.span("value")
        if not taken.isdisjoint(range(start, end)):
            continue
        kind = _kind(before, match)
        if kind:
            yield _Place(*kind, start, end)


def _plain(content: bytes, known: list[_Place]) -> Iterator[_Place]:
    taken = {place.start for place in known}
    for pattern, hint in _PLAIN:
        for match in pattern.finditer(content) if hint in content else ():
            start, end = match.span("value")
            is_given = content[start - 1 : start] in (b">", b'"', b"'")
            if taken.isdisjoint(range(start, end)) and _is_password(match["value"], is_quoted=is_given):
                yield _Place(PASSWORD, "a password", start, end)


def _kind(before: bytes, match: re.Match[bytes]) -> tuple[str, str] | None:
    value = match["value"].rstrip(b".:!?")
    if match.string[match.end("value") : match.end("value") + 1] in (b"[", b"("):
        return None  # a program that asks for it, as os.environ[…] does
    if _PASSWORD_BEFORE.search(before) and _is_password(value, is_quoted=bool(match["mark"])):
        return PASSWORD, "a password"
    is_near = match.group(0)[:1] in b"Bb" or _WORD_BEFORE.search(before)
    return (RANDOM, "a random-looking key or token") if is_near and _is_random(value, before) else None


def _is_password(value: bytes, *, is_quoted: bool) -> bool:
    """`password: required` is prose; in quotes, or with a digit or a sign among its letters, it is a password."""
    if len(value) < FEWEST_PASSWORD or _PLACEHOLDER.search(value):
        return False
    return bool(_TELLING.match(value)) or (is_quoted and value.lower() not in _TYPES)


_TYPES = frozenset({b"string", b"required", b"optional", b"secret", b"hidden", b"object", b"missing", b"invalid"})


def _is_random(value: bytes, before: bytes) -> bool:
    if _DIGEST.match(value) or _UUID.search(value) or _EXAMPLE.search(value):
        return False
    if _HEX.fullmatch(value):
        is_digest = len(value) in _DIGEST_LENGTHS and (_DIGEST_KEY.search(before) or not _SECRET_KEY.search(before))
        return not is_digest and _is_mixed(value) and entropy(value) >= HEX_BITS
    return bool(_BASE64.fullmatch(value)) and _is_mixed(value) and entropy(value) >= BASE64_BITS


def _is_mixed(value: bytes) -> bool:
    """A token of letters alone is a name, one of digits alone a number; a path has many short parts."""
    has_both = any(48 <= byte <= 57 for byte in value) and any(65 <= byte | 32 <= 122 and byte > 64 for byte in value)
    return has_both and value.count(b"/") * 8 < len(value)
