"""The check `html`, each rule at its edges."""

from pathlib import Path

import pytest
from gate_cases import HOSTILE, material, said

from orchestrator.content import html_tree

PAGE = """\
<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="{viewport}">{head}</head><body>
{body}
</body></html>
"""


def page(body: str = "<h1>A mug</h1>", *, head: str = "", **parts: str) -> str:
    parts = {"lang": "en", "title": "A mug", "viewport": "width=device-width, initial-scale=1", **parts}
    return PAGE.format(body=body, head=head, **parts)


def broken(text: str, **settings: object) -> list[str]:
    """Return what is said of a page, without the name of the file and without what to do."""
    verdict, *found = said({"html": settings}, {"a.html": text})
    assert (verdict == "fail") is any(line.startswith(("major", "critical")) for line in found)
    return [line.replace(" a.html:", " ").split(" -> ")[0] for line in found]


def of_body(body: str, **settings: object) -> list[str]:
    """Return what is said of a page with a heading and that body, which begins on line 5."""
    return broken(page(f"<h1>A</h1>\n{body}"), **settings)


def test_a_good_page_passes() -> None:
    assert said("html", {"a.html": page()}) == ["pass"]


def test_a_finding_has_severity_rule_place_and_what_to_do() -> None:
    assert said("html", {"a.html": page("<h1>A</h1>\n<h3>B</h3>")}) == [
        "fail",
        "major heading-order a.html:5: 'B' is an h3, and the heading above an h1 -> make it an h2",
    ]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>a</b>", ["major parse-error 5: </b> closes nothing that is open"]),
        ("<p>a<!--", ["major parse-error 6: a comment is not closed"]),
        ("<div>a", ["major unclosed 5: <div> is not closed, or not where it should be"]),
        ("<div>\n<b>a\n</div>", ["major unclosed 6: <b> is not closed, or not where it should be"]),
        ("<ul><li>a<li>b</ul><p>c<br><svg><path/></svg>", []),
        ("<div/>", ["major unclosed 5: <div> is not closed, or not where it should be"]),
        ("<p id=a id=b>", ["major repeated-attribute 5: <p> has the attribute id twice: the first counts"]),
        ("<h2>B</h2><h3>C</h3><h2>D</h2>", []),
        ("<h3>C</h3>", ["major heading-order 5: 'C' is an h3, and the heading above an h1"]),
        ("<h2></h2>", ["major heading-order 5: the h2 is empty"]),
        ("<h2><img src=a alt=b></h2>", []),
        ("<h1>B</h1>", ["major one-h1 5: the page has a second h1, 'B': line 4 has one"]),
        ("<img src=a.png>", ["major alt 5: the picture 'a.png' has no text that stands for it"]),
        ("<img src=a alt><img src=a alt=b><img src=a role=none><img src=a aria-hidden=true><img aria-label=b>", []),
        ("<map name=m><area><area href=b alt=c></map>", []),
        ("<map name=m><area href=b alt></map>", ["major alt 5: the picture 'b' has no text that stands for it"]),
        ("<input type=IMAGE src=a>", ["major alt 5: the picture 'a' has no text that stands for it"]),
        ("<iframe src=a></iframe>", ["major frame-title 5: the frame 'a' has no title"]),
        ("<iframe title=' '></iframe>", ["major frame-title 5: the frame '' has no title"]),
        ("<iframe title=a></iframe><iframe aria-label=a></iframe><iframe hidden></iframe>", []),
        ("<iframe aria-hidden=true></iframe>", []),
        (
            "<b\u202ex>a",
            ["major unclosed 5: <b\\u202ex> is not closed, or not where it should be"],
        ),
        (
            "<p \u202e=a \u202e=b>",
            ["major repeated-attribute 5: <p> has the attribute \\u202e twice: the first counts"],
        ),
        ("<p>a</b\u202ex>", ["major parse-error 5: </b\\u202ex> closes nothing that is open"]),
        ("<input name=q>", ["major label 5: the input 'q' has no label"]),
        (
            "<select></select><textarea id=t></textarea>",
            [
                "major label 5: the select has no label",
                "major label 5: the textarea 't' has no label",
            ],
        ),
        ("<label for=q>Q</label><input id=q><label>R <b><input></b></label><input title=S>", []),
        ("<input type=hidden><input type=submit><input type=checkbox aria-label=a>", []),
        ("<a href=b></a>", ["major link-text 5: the link has no words"]),
        ("<a id=c></a><a href=b><img src=c alt=d></a><a href=b title=c></a><a href=b aria-label=c></a>", []),
        ("<a href=b>Click  here!</a>", ["major link-text 5: the link 'Click here!' does not say where it leads"]),
        ("<a href=b>click here for tea</a><button>More</button>", []),
        ("<a href=b aria-label='More on tea'>more</a>", []),
        ("<button></button>", ["major link-text 5: the button has no words"]),
        ("<input type=button>", ["major link-text 5: the button has no words"]),
        ("<input type=button value=Go><button aria-label=Go></button><button><span>Go</span></button>", []),
        (
            "<p id=a>\n<p id=a>\n<p id=a>",
            [
                "major duplicate-id 6: the id 'a' stands on line 5 too",
                "major duplicate-id 7: the id 'a' stands on line 5 too",
            ],
        ),
        (
            "<p id='a b'><p id>",
            [
                "major duplicate-id 5: the id 'a b' is none",
                "major duplicate-id 5: the id '' is none",
            ],
        ),
        (
            "<p aria-labelledby='a b' id=a>",
            ["major reference 5: aria-labelledby refers to 'b', and nothing has that id"],
        ),
        ("<label for=q>a</label>", ["major reference 5: for refers to 'q', and nothing has that id"]),
        ("<p for=q>", []),
        ("<video autoplay></video>", ["major autoplay 5: the video plays by itself"]),
        ("<video autoplay muted></video><audio controls></audio>", []),
        ("<table><tr><td>1</table>", ["minor table-headers 5: the table has no header cells"]),
        ("<table><tr><th>a<tr><td>1</table><table role=presentation><tr><td>1</table>", []),
        ("<table><tr><td><table><tr><th>a</table></table>", ["minor table-headers 5: the table has no header cells"]),
        ("<template><img src=a></template>", []),
    ],
)
def test_each_rule_finds_its_breach_and_no_other(body: str, found: list[str]) -> None:
    assert of_body(body) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (page(lang=""), ["major lang 2: the page does not say its language"]),
        (page(lang="pt-BR"), []),
        (page(lang="english!"), ["major lang 2: 'english!' is no language"]),
        (page(title=" "), ["major title 2: the title is empty"]),
        (
            page().replace("<title>A mug</title>", "<svg><title>x</title></svg>"),
            ["major title 1: the page has no title"],
        ),
        (page() + "<p title='", ["major parse-error 6: a tag is not closed"]),
        (page("<p>a"), ["major one-h1 1: the page has no h1"]),
        (page().replace("<!doctype html>", ""), ["major doctype 2: the page does not begin with <!doctype html>"]),
        (page(viewport="user-scalable=no"), ["minor viewport 3: the page cannot be made larger"]),
        (page(viewport="maximum-scale=1.0"), ["minor viewport 3: the page cannot be made larger"]),
        (page(viewport="maximum-scale=2, user-scalable=yes"), []),
        (page().replace("viewport", "other"), ["minor viewport 1: the page does not say how it fits small screens"]),
        (
            page(head='<meta http-equiv="Refresh" content=5>'),
            ["major meta-refresh 3: the page loads itself anew, or another"],
        ),
    ],
)
def test_the_page_as_a_whole_is_judged(text: str, found: list[str]) -> None:
    assert [line for line in broken(text) if "svg" not in line] == found


@pytest.mark.parametrize(
    ("style", "ink", "ground", "ratio", "wanted"),
    [
        ("color:#777", "#777777", "#ffffff", "4.47", "4.5"),
        ("color:#767676", "", "", "", ""),
        ("color:#999; font-size:24px", "#999999", "#ffffff", "2.84", "3"),
        ("color:#949494; font-size:24px", "", "", "", ""),
        ("color:#949494; font-size:23.9px", "#949494", "#ffffff", "3.03", "4.5"),
        ("color:#949494; font-size:18.66px; font-weight:700", "", "", "", ""),
        ("color:#949494; font-size:18.65px; font-weight:700", "#949494", "#ffffff", "3.03", "4.5"),
        ("color:#949494; font-size:18.66px; font-weight:600", "#949494", "#ffffff", "3.03", "4.5"),
        ("color:#949494; font-size:18pt", "", "", "", ""),
        ("color:#949494; font-size:150%", "", "", "", ""),
        ("color:#949494; font-size:1.4rem", "#949494", "#ffffff", "3.03", "4.5"),
        ("background:#000; color:#333", "#333333", "#000000", "1.66", "4.5"),
        ("background-color:black", "#000000", "#000000", "1", "4.5"),
        ("color:#00000080", "#7f7f7f", "#ffffff", "4", "4.5"),
        ("color:#777 !important; color:#000", "#777777", "#ffffff", "4.47", "4.5"),
        ("color:#777; background:url(a.png)", "", "", "", ""),
        ("color:#777; background-image:linear-gradient(red,red)", "", "", "", ""),
        ("color:#777; opacity:.5", "", "", "", ""),
        ("color:#777; opacity:1", "#777777", "#ffffff", "4.47", "4.5"),
        ("color:#777; position:absolute", "", "", "", ""),
        ("color:#777; position:relative", "#777777", "#ffffff", "4.47", "4.5"),
        ("color:#777; display:none", "", "", "", ""),
        ("color:var(--unknown)", "", "", "", ""),
        ("color:inherit", "", "", "", ""),
    ],
)
def test_a_text_stands_out_from_its_ground(style: str, ink: str, ground: str, ratio: str, wanted: str) -> None:
    message = f"the text 'tea', {ink} on {ground}, has a contrast of {ratio}; {wanted} is wanted"
    assert of_body(f'<p style="{style}">tea') == ([f"major contrast 5: {message}"] if ink else [])


@pytest.mark.parametrize(
    ("css", "body", "is_found"),
    [
        ("p{color:#777}", "<p>tea", True),
        ("P, i{color:#777}", "<p>tea", True),
        (".a{color:#777}", "<p class='b a'>tea", True),
        (".a{color:#777}", "<p class=b>tea", False),
        ("p.a#b{color:#777}", "<p class=a id=b>tea", True),
        ("p.a#b{color:#777}", "<p id=b>tea", False),
        ("*{color:#777}", "<p>tea", True),
        ("p{color:#777} p{color:#000}", "<p>tea", False),
        (".a{color:#000} p{color:#777}", "<p class=a>tea", False),
        ("#a{color:#777} .a{color:#000}", "<p class=a id=a>tea", True),
        ("p{color:#777 !important} .a{color:#000}", "<p class=a>tea", True),
        ("p{color:#777}", "<p style='color:#000'>tea", False),
        ("body{color:#777}", "<p>tea", True),
        ("body{color:#777} div p{color:#000}", "<p>tea", False),
        ("p{color:#777} div :is(p, i){color:#000}", "<p>tea", False),
        ("p{color:#777} @media (min-width: 9px){p{color:#000}}", "<p>tea", False),
        ("p{color:#777} @media (prefers-color-scheme: dark){p{color:#000}}", "<p>tea", True),
        ("p{color:#777} @media print{p{color:#000}}", "<p>tea", True),
        ("p:hover{color:#777}", "<p>tea", False),
        (":root{--a:#777} p{color:var(--a)}", "<p>tea", True),
        (":root{--a:#777} @media (min-width: 9px){:root{--a:#000}} p{color:var(--a)}", "<p>tea", False),
        ("/* p{color:#777} */", "<p>tea", False),
        ("@import 'a.css'; p{color:#777}", "<p>tea", True),
        ("div{background:#fff} body{color:#fff; background:#000}", "<div><p>tea</div>", True),
        ("body{color:#fff; background:#000}", "<p>tea", False),
        ("button{color:#777}", "<button>tea</button>", False),
        ("button{color:#777; background:#fff}", "<button>tea</button>", True),
        ("body{background:#00a}", "<a href=b>tea</a>", True),
        ("p{color:#777}", "<p hidden>tea", False),
        ("p{color:#777", "<p>tea", True),
        ("> {color:#777} , {color:#777} {}", "<p>tea", False),
    ],
)
def test_styles_are_followed_where_they_are_plain(css: str, body: str, is_found: bool) -> None:
    text = page(f"<h1 style='color:black;background:white'>A</h1>\n{body}", head=f"<style>{css}</style>")
    assert [line.split(":")[0] for line in broken(text)] == ["major contrast 5"] * is_found


def test_one_pair_of_colours_is_told_once() -> None:
    assert len(of_body("<p style='color:#777'>a<p style='color:#777'>b<p style='color:#888'>c")) == 2


def test_a_ground_can_be_said_by_an_attribute() -> None:
    assert len(of_body("<table bgcolor=black><tr><th>a</table><font color='#777'>b</font>")) == 2


def test_too_many_styles_are_a_finding() -> None:
    rules = "".join(f".a{number}{{color:red}}" for number in range(2_001))
    assert broken(page(head=f"<style>{rules}</style>")) == [
        "major contrast 1: contrast is not judged: the styles have more than 2000 rules"
    ]
    assert broken(page(head=f"<style>{rules[: rules.rindex('.')]}</style>")) == []


FAR = "minor external 5: '{}' comes from another host"
PROGRAM = "minor script 5: the attribute '{}' is a program"
FAR_STYLE = "minor external 5: the style loads from another host"


@pytest.mark.parametrize(
    ("rule", "body", "found"),
    [
        ("script", "<script>x</script>", ["minor script 5: the page runs a script"]),
        ("script", "<script type='application/ld+json'>x</script>", []),
        ("script", "<p onclick=x>", ["minor script 5: the attribute 'onclick' is a program"]),
        ("script", "<a href=' JavaScript:x'>tea</a>", ["minor script 5: the attribute 'href' is a program"]),
        ("external", "<img src=//b.example/a alt>", [FAR.format("//b.example/a")]),
        ("external", "<img srcset='a.png, https://b.example/a 2x' alt>", [FAR.format("https://b.example/a 2x")]),
        ("external", "<img src=a.png alt><a href=https://b.example>tea</a>", []),
        ("external", "<link rel=stylesheet href=https://b.example/a>", [FAR.format("https://b.example/a")]),
        ("external", "<link rel=canonical href=https://b.example/a>", []),
        ("external", "<p style='background:url(http://b.example/a)'>a", [FAR_STYLE]),
        ("external", "<style>@import 'https://b.example/a.css';</style>", [FAR_STYLE]),
        ("external", "<style>p{background:url(a.png)}</style>", []),
        ("script", "<a href='java&#9;script:x'>tea</a>", [PROGRAM.format("href")]),
        ("script", "<a href='&#1; vb&#10;script:x'>tea</a>", [PROGRAM.format("href")]),
        ("script", f"<a href='{'&#9;' * 201}javascript:x'>tea</a>", [PROGRAM.format("href")]),
        ("script", "<a href='data:text/html,x'>tea</a>", [PROGRAM.format("href")]),
        ("script", "<a href='data:image/svg+xml,x'>tea</a>", [PROGRAM.format("href")]),
        ("script", "<svg><a href='data:image/svg+xml,x'></a></svg>", [PROGRAM.format("href")]),
        ("script", "<img src='data:image/svg+xml,x' alt><a href='data:image/png,x'>tea</a>", []),
        ("script", "<p title='JavaScript: a guide' aria-label='javascript: b'>a", []),
        (
            "script",
            "<iframe title=a srcdoc='<p>'></iframe>",
            ["minor script 5: the attribute 'srcdoc' holds a page of its own, which can run programs"],
        ),
        ("external", "<svg><image href=https://b.example/a /></svg>", [FAR.format("https://b.example/a")]),
        ("external", "<svg><use xlink:href=//b.example/a /></svg>", [FAR.format("//b.example/a")]),
        ("external", "<svg><a href=https://b.example/a></a><use href='#a'/></svg>", []),
        ("external", "<svg><rect fill='url(//b.example/a)'/></svg>", [FAR_STYLE]),
        ("external", "<p title='url(//b.example/a)'>a", []),
        ("external", "<base href=https://b.example/>", [FAR.format("https://b.example/")]),
        ("external", "<img src='\\\\b.example/a' alt>", [FAR.format("\\\\\\\\b.example/a")]),
        ("external", "<img src='https:/b.example/a' alt>", [FAR.format("https:/b.example/a")]),
        ("external", "<img src='ht&#9;tps://b.example/a' alt>", [FAR.format("ht\\ttps://b.example/a")]),
        ("external", "<img src='https/a.png' alt><img src='/a.png' alt>", []),
        ("external", "<table background=//b.example/a><tr><th>a</table>", [FAR.format("//b.example/a")]),
        (
            "external",
            "<link rel=preload imagesrcset='a 1x, //b.example/a 2x'>",
            [FAR.format("//b.example/a 2x")],
        ),
        ("external", "<p style='background:u\\72l(http://b.example/a)'>a", [FAR_STYLE]),
        ("external", "<p style='background:u\\000072 l(http://b.example/a)'>a", [FAR_STYLE]),
        ("external", "<p style='background:\\url(http://b.example/a)'>a", [FAR_STYLE]),
        ("external", "<p style='background:u\\110000 rl(http://b.example/a)'>a", [FAR_STYLE]),
        ("external", "<p style='background:url(          //b.example/a)'>a", [FAR_STYLE]),
        ("external", "<style>@import\"https://b.example/a.css\";</style>", [FAR_STYLE]),
        ("external", "<style>@import/**/'//b.example/a.css';</style>", [FAR_STYLE]),
        ("external", "<style>p{background:image-set('a' 1x, 'https://b.example/a' 2x)}</style>", [FAR_STYLE]),
        ("external", "<style>p{background:image-set('a' 1x)}q::before{content:'a//b'}</style>", []),
        ("external", "<style>q::before{content:'//b'}</style>", []),
    ],
)  # fmt: skip
def test_rules_that_are_off_can_be_put_on(rule: str, body: str, found: list[str]) -> None:
    assert of_body(body) == []
    assert of_body(body, rules={rule: "minor"}) == found


def test_findings_come_in_the_order_of_the_page() -> None:
    lines = [line.split(" ")[2] for line in of_body("<img src=a>\n<h3>B</h3>\n<p id=b><p id=b>\n<a href=c></a>")]
    assert lines == ["5:", "6:", "7:", "8:"]


def test_a_rule_can_be_put_off_and_its_severity_changed() -> None:
    assert of_body("<h3>B</h3>", rules={"heading-order": "off"}) == []
    assert of_body("<h3>B</h3>", rules={"heading-order": "info"})[0].startswith("info heading-order 5: ")


@pytest.mark.parametrize("settings", [{"rules": {"no-such": "off"}}, {"file": "../a.html"}, {"colour": 1}])
def test_wrong_settings_are_an_error(settings: dict[str, object]) -> None:
    assert said({"html": settings}, {"a.html": page()})[0] == "error"


def test_a_named_file_is_judged_and_a_missing_one_is_a_finding() -> None:
    files = material({"a.txt": "x", "b.htm": page("<p>a")}, ("b.htm",))
    assert said("html", files)[1].startswith("major one-h1 b.htm:1: ")
    assert said({"html": {"file": "c.html"}}, files) == ["fail", "critical c.html: the file is not there -> write it"]


@pytest.mark.parametrize(
    ("unit", "most", "fault"),
    [
        ("a", html_tree.MOST_CHARACTERS, "2000001 characters; at most 2000000 are read"),
        ("<", html_tree.MOST_TAGS, "100001 tags; at most 100000 are read"),
    ],
)
def test_a_page_is_read_up_to_a_size(unit: str, most: int, fault: str) -> None:
    assert "at most" not in "".join(broken("\n" + unit * (most - 1)))
    assert broken("\n" + unit * (most + (unit == "<"))) == [f"critical 2: the page has {fault}"]


def test_a_page_too_large_does_not_keep_others_from_being_judged() -> None:
    files = material({"a.html": "a" * 2_000_001, "b.html": page("<p>a")}, ("a.html", "b.html"))
    assert [line.split(":")[0] for line in said("html", files)[1:]] == ["critical a.html", "major one-h1 b.html"]


PUBLISHED = sorted((Path(__file__).parents[1] / "publishers" / "golden").glob("*.html"))


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_the_pages_that_are_published_pass(path: Path) -> None:
    everything = dict.fromkeys(("script", "external"), "major")
    assert said({"html": {"rules": everything}}, {"a.html": path.read_bytes()}) == ["pass"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_judged_and_breaks_nothing(name: str) -> None:
    verdict, *found = said({"html": {"rules": {"script": "major", "external": "major"}}}, {"a.html": HOSTILE[name]})
    assert verdict == "fail"
    assert all(line.isprintable() for line in found)


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 20_000,
        "<b><p>" * 5_000,
        "<style>" + "{" * 100_000,
        "<style>" + "@media x{" * 10_000,
        "<style>" + ":is(" * 9_000 + "{color:red}",
    ],
)
def test_deep_nesting_is_judged(text: str) -> None:
    assert broken(text)
