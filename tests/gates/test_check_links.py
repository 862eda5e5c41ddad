"""The check `links`: files, anchors, pictures; and the web by way of one who answers from a list."""

from collections.abc import Mapping

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.gates import NothingOutside
from orchestrator.gates.interface import Answered
from orchestrator.gates.registry import find

FILES: Mapping[str, str | bytes] = {
    "docs/guide.md": "# A Guide\n\n## Set-up & `run`\n\n## Set-up & run\n\n<a id='deep'></a>\n\n# Äpfel_2\n",
    "docs/page.html": "<h1 id=top-most>x</h1><a name=old>y</a>\n",
    "docs/my file.md": "",
    "mug.png": b"\x89PNG",
    "src/code.py": "",
    "/style.md": "# Style\n",
}


def found(text: str, name: str = "docs/a.md", **settings: object) -> list[str]:
    """Return what is said of a text, without what to do."""
    verdict, *lines = said({"links": settings}, material({name: text, **FILES}))
    assert (verdict == "fail") is any(line.startswith(("major", "critical")) for line in lines)
    return [line.split(" -> ")[0] for line in lines]


@pytest.mark.parametrize(
    "target",
    [
        "guide.md", "./guide.md", "../mug.png", "../docs/guide.md", "my%20file.md", "<my file.md>", "guide.md?raw=1",
        "guide.md#a-guide", "#own", "#", "#top", "guide.md#set-up--run", "guide.md#set-up--run-1", "guide.md#deep",
        "guide.md#%C3%A4pfel_2", "guide.md#:~:text=x", "page.html#top-most", "page.html#old", "../src/code.py#L1",
        "guide.md?plain=1#L3", "guide.md?plain=1#L3-L5", "guide.md?plain=1#L3C1-L5C2",
        ".", "..", "../", "../src", "../src/", "/style.md", "/style.md#style", "/", "mailto:ann@mug.example",
        "mailto:a@b.example,c@d.example?subject=x", "tel:+49-30-1234", "https://mug.example", "//mug.example/x", "",
    ],
)  # fmt: skip
def test_what_is_there_is_found(target: str) -> None:
    assert found(f"# Own\n\n[a]({target})\n") == []


@pytest.mark.parametrize(
    ("target", "finding"),
    [
        (
            "gone.md",
            "'gone.md' leads to no file: 'docs/gone.md' is not there, or not among the step's reads or gate_reads",
        ),
        (
            "../guide.md",
            "'../guide.md' leads to no file: 'guide.md' is not there, or not among the step's reads or gate_reads",
        ),
        (
            "/mug.png",
            "'/mug.png' leads to no file: '/mug.png' is not there, or not among the step's reads or gate_reads",
        ),
        ("Guide.md", "'Guide.md' leads to no file: 'docs/guide.md' is written so"),
        ("../SRC", "'../SRC' leads to no file: 'src' is written so"),
        ("guide.md/", "'guide.md/' leads to no folder: 'docs/guide.md' is a file"),
        ("../../x.md", "'../../x.md' leads out of the folder"),
        ("/../x.md", "'/../x.md' leads out of the folder"),
        ("#gone", "'#gone': 'docs/a.md' has no heading or id 'gone'"),
        ("guide.md#gone", "'guide.md#gone': 'docs/guide.md' has no heading or id 'gone'"),
        ("guide.md#set-up--run-2", "'guide.md#set-up--run-2': 'docs/guide.md' has no heading or id 'set-up--run-2'"),
        ("guide.md#A-Guide", "'guide.md#A-Guide': 'docs/guide.md' has no heading or id 'A-Guide'"),
        ("page.html#gone", "'page.html#gone': 'docs/page.html' has no heading or id 'gone'"),
        ("guide.md#L3", "'guide.md#L3': 'docs/guide.md' has no heading or id 'L3'"),
        ("guide.md?plain=1#gone", "'guide.md?plain=1#gone': 'docs/guide.md' has no heading or id 'gone'"),
        ("mailto:ann", "'mailto:ann' is no mail address"),
        ("tel:mug", "'tel:mug' is no telephone number"),
        ("tel:12", "'tel:12' is no telephone number"),
        (
            "x%00y.md",
            "'x%00y.md' leads to no file: 'docs/x\\x00y.md' is not there, or not among the step's reads or gate_reads",
        ),
    ],
)
def test_what_is_not_there_is_a_finding(target: str, finding: str) -> None:
    assert found(f"# Own\n\nb\n[a]({target})\n") == [f"major docs/a.md:4: {finding}"]


def test_a_footnote_leads_nowhere_and_one_to_a_file_is_no_footnote() -> None:
    assert found("A claim.[^1] And one.[^n]\n\n[^1]: Ibid.\n[^1]: Idem.\n[^n]: gone.md\n") == []
    assert len(found("A [claim].\n\n[claim]: Ibid.\n")) == 1


def test_a_footnote_of_an_address_is_looked_at() -> None:
    told = found("A claim.[^1]\n\n[^1]: https://localhost/x\n", web=True)
    assert told == ["major docs/a.md:1: 'https://localhost/x' is no address that others can reach"]


def test_a_finding_says_what_was_perhaps_meant() -> None:
    told = said(
        "links", material({"docs/a.md": "[a](giude.md)\n\n[b](mug.png) [c](guide.md#a-gide) [d](Guide.md)\n", **FILES})
    )
    assert [line.split(" -> ")[1] for line in told[1:]] == [
        "did you mean 'docs/guide.md'?",
        "did you mean 'mug.png'?",
        "did you mean '#a-guide'?",
        "write it as it is: docs/guide.md",
    ]


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", "JavaScript:x", "vbscript:x", "data:text/html,x", "file:///etc/passwd", "C:\\\\x"]
)
def test_what_no_text_may_link_to_is_critical(target: str) -> None:
    (finding,) = found(f"[a]({target})\n", severity="info")
    assert finding.startswith("critical docs/a.md:1: the link ")


def test_a_picture_may_be_carried_along_and_a_link_to_one_may_not() -> None:
    assert found("![a](data:image/png;base64,AA)\n") == []
    assert len(found("[a](data:image/png;base64,AA)\n")) == 1
    assert len(found("![a](data:text/html,AA)\n")) == 1
    assert found("<img src='data:image/png;base64,AA' alt=a>\n") == []
    assert len(found("<a href='data:image/png;base64,AA'>a</a>\n")) == 1


def test_an_unknown_scheme_is_a_remark() -> None:
    message = "what 'ftp://a.example' leads to is not judged: ftp: is not known here"
    assert found("[a](ftp://a.example)\n") == [f"minor docs/a.md:1: {message}"]


def test_links_of_every_kind_are_judged() -> None:
    text = "[a](g1) ![b](g2) [c][r] <a href=g3>x</a> <img src=g4 srcset='g5 1x, g6 2x'>"
    text += "\n\n<video poster=g7>\n\n[r]: g8\n[s]: unused\n"
    assert sorted(line.split("'")[1] for line in found(text)) == ["g1", "g2", "g3", "g4", "g5", "g6", "g7", "g8"]


def test_pages_are_judged_too() -> None:
    page = "<p id=x>\n<a href='#x'>a</a>\n<a href='#y'>a</a>\n<object data=g1></object><p data=g2>\n"
    assert found(page, "docs/b.HTML") == [
        "major docs/b.HTML:3: '#y': 'docs/b.HTML' has no heading or id 'y'",
        "major docs/b.HTML:4: 'g1' leads to no file: 'docs/g1' is not there,"
        " or not among the step's reads or gate_reads",
    ]


def test_what_is_ignored_is_not_judged() -> None:
    assert found("[a](gone.md) [b](lost.md)\n", ignore=["^gone"]) == [
        "major docs/a.md:1: 'lost.md' leads to no file: 'docs/lost.md' is not there,"
        " or not among the step's reads or gate_reads"
    ]


@pytest.mark.parametrize(
    "settings",
    [
        {"ignore": ["("]},
        {"ignore": ["x*"]},
        {"timeout": 0},
        {"timeout": 61},
        {"most": 0},
        {"most": 2_001},
        {"web": "often"},
        {"depth": 1},
    ],
)
def test_wrong_settings_are_an_error(settings: dict[str, object]) -> None:
    assert said({"links": settings}, {"a.md": ""})[0] == "error"


def test_a_text_too_large_is_a_finding_and_the_next_is_judged() -> None:
    files = material({"a.md": "[" * 40_000, "b.md": "[a](gone)\n"}, ("a.md", "b.md"))
    assert [line.split(":")[0] for line in said("links", files)[1:]] == ["critical a.md", "major b.md"]


def test_a_file_whose_anchors_cannot_be_read_is_an_error() -> None:
    files = {"a.md": "[a](b.md#x)\n", "b.md": "[" * 40_000}
    reason = "b.md: the text has 40000 opening brackets; at most 30000 are read as Markdown"
    assert said("links", files) == ["error", f"critical the check could not run: {reason}"]


class Answers(NothingOutside):
    """Answers from a list, and remembers what it was asked."""

    def __init__(self, answers: Mapping[str, Answered]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, float]] = []

    def look_up(self, address: str, timeout: float) -> Answered:
        self.asked.append((address, timeout))
        return self.answers.get(address, Answered(200))


def asked(text: str, answers: Mapping[str, Answered], **settings: object) -> tuple[list[str], list[tuple[str, float]]]:
    outside = Answers(answers)
    use = {"links": {"web": True, **settings}}
    return said(use, material({"a.md": text}, outside=outside)), outside.asked


def test_the_web_is_left_alone_unless_it_is_asked_for() -> None:
    told, addresses = asked("<https://a.example>\n", {}, web=False)
    assert (told, addresses) == (["pass"], [])
    check = find("links")
    assert check is not None
    assert check.looks_beyond


def test_each_web_address_is_asked_once_without_its_anchor() -> None:
    text = "<https://a.example/#x> https://a.example/ [b](https://a.example/#y) [c](//b.example)\n"
    assert asked(text, {}, timeout=7) == (["pass"], [("https://a.example/", 7.0), ("https://b.example", 7.0)])


ODD = "info a.md:2: 'https://a.example' answers {}: whether it is there is not known -> look at it in a browser"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Answered(204), ["pass"]),
        (Answered(399), ["pass"]),
        (
            Answered(404),
            ["fail", "major a.md:2: 'https://a.example' is not there: it answers 404 -> mend or remove it"],
        ),
        (
            Answered(410),
            ["fail", "major a.md:2: 'https://a.example' is not there: it answers 410 -> mend or remove it"],
        ),
        (
            Answered(301, "https://b.example"),
            [
                "pass",
                "info a.md:2: 'https://a.example' has moved for good: 'https://b.example' -> link to where it is now",
            ],
        ),
        (
            Answered(400),
            [
                "pass",
                ODD.format(400),
            ],
        ),
        (
            Answered(499),
            [
                "pass",
                ODD.format(499),
            ],
        ),
        (Answered(429), ["error", "critical the check could not run: no answer: 'https://a.example' answers 429"]),
        (Answered(500), ["error", "critical the check could not run: no answer: 'https://a.example' answers 500"]),
        (
            Answered(None, "is asleep"),
            ["error", "critical the check could not run: no answer: 'https://a.example' is asleep"],
        ),
    ],
)
def test_each_answer_means_something(answer: Answered, told: list[str]) -> None:
    assert asked("x\n<https://a.example>\n", {"https://a.example": answer})[0] == told


def test_one_unanswered_does_not_keep_the_others_from_being_asked() -> None:
    names = [f"https://{letter}.example" for letter in "abcde"]
    told, addresses = asked("\n".join(f"<{name}>" for name in names), dict.fromkeys(names[:4], Answered(503)))
    assert len(addresses) == 5
    assert told[1].endswith("'https://c.example' answers 503, and 1 more")
    told, _ = asked("\n".join(f"<{name}>" for name in names), dict.fromkeys(names[:3], Answered(503)))
    assert told[1].endswith("'https://c.example' answers 503")


def test_more_addresses_than_are_asked_is_a_finding() -> None:
    text = "<https://a.example>\n<https://b.example>\n<https://c.example>\n"
    assert asked(text, {}, most=3)[0] == ["pass"]
    told, addresses = asked(text, {}, most=2)
    assert told[1].startswith("major a.md:3: there are 3 web addresses; at most 2 are asked")
    assert len(addresses) == 2


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "169.254.169.254", "[::1]", "printer.local", "2130706433", ""]
)
def test_a_private_address_is_a_finding_and_is_not_asked(host: str) -> None:
    told, addresses = asked(f"[a](http://{host}/x)\n", {})
    assert told[1].startswith(f"major a.md:1: 'http://{host}/x' is no address that others can reach")
    assert addresses == []


def test_where_nothing_can_be_asked_it_is_an_error() -> None:
    assert said({"links": {"web": True}}, {"a.md": "<https://a.example>\n"})[0] == "error"


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("path", ["a.md", "a.html"])
def test_a_hostile_text_is_judged_and_breaks_nothing(name: str, path: str) -> None:
    verdict, *lines = said("links", {path: HOSTILE[name]})
    assert verdict in ("pass", "fail")
    assert all(line.isprintable() for line in lines)


def test_what_was_perhaps_meant_is_looked_for_twenty_times() -> None:
    files = {"a.md": "\n".join(f"[a](page-{n}.md)" for n in range(25)), "pages.md": ""}
    assert sum("did you mean 'pages.md'?" in line for line in said("links", files)) == 20
    files = {"a.md": "# Page 1\n\n" + "\n".join(f"[a](#page-{n})" for n in range(2, 27))}
    assert sum("did you mean '#page-1'?" in line for line in said("links", files)) == 20


def test_hundreds_of_missing_files_are_told() -> None:
    text = "\n".join(f"[a](x{number}.md)" for number in range(500))
    assert len(said("links", material({"a.md": text, **{f"y{n}.md": "" for n in range(500)}}))) == 501
