import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.publishers.prose import MOST_CHARACTERS, Heading, first_heading, read_prose

PIECES = """
<img src=x onerror=alert(1)>  </style>  </article>  <script>  javascript:alert(1)  data:text/html,x
[a](  ![b](  )  ](  <  >  "  '  &#x6a;  #  ###  -  |  `  *  x
"""
HOSTILE = st.sampled_from([*PIECES.split(), " ", "\n", "\n# ", "\n> ", "\x00", "\u202e"])
HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
TEXT = frozenset({"p", "em", "strong", "code", "pre", "a", "img", "ul", "ol", "li", "blockquote", "hr", "br"})
TAGS = HEADINGS | TEXT | frozenset({"div", "table", "thead", "tbody", "tr", "th", "td"})
FRAME = {"class": "table", "role": "region", "aria-label": "Table", "tabindex": "0"}
ATTRIBUTES = frozenset({"href", "rel", "title", "src", "alt", "loading", "start", "class", "id"})


class Seen(HTMLParser):
    """Every tag of a page with its attributes, and the levels of its headings."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def html(text: str, title: str = "Mug", files: tuple[str, ...] = ()) -> str:
    return str(read_prose(text, title=title, files=files).html)


def seen(page: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Seen()
    parser.feed(page)
    return parser.tags


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Plain *words*.", "<p>Plain <em>words</em>.</p>\n"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
        ("[go](javascript:alert(1))", "<p>[go](javascript:alert(1))</p>\n"),
        ("[go](JaVaScRiPt:alert(1))", "<p>[go](JaVaScRiPt:alert(1))</p>\n"),
        ("[go](&#x6a;avascript:alert(1))", "<p>[go](javascript:alert(1))</p>\n"),
        ("[go](file:///etc/passwd)", "<p>[go](file:///etc/passwd)</p>\n"),
        ("[go](http://[)", '<p><a href="http://%5B" rel="nofollow noopener">go</a></p>\n'),
        ("[go](https://a.example)", '<p><a href="https://a.example" rel="nofollow noopener">go</a></p>\n'),
        ("[go](care.pdf)", '<p><a href="care.pdf" rel="nofollow noopener">go</a></p>\n'),
        ("<https://a.example>", '<p><a href="https://a.example" rel="nofollow noopener">https://a.example</a></p>\n'),
        ("![far](https://a.example/x.png)", "<p>far</p>\n"),
        ("![gone](gone.png)", "<p>gone</p>\n"),
        ("![near <b>](near%20by.png)", '<p><img src="near%20by.png" alt="near &lt;b&gt;" loading="lazy"></p>\n'),
    ],
)
def test_what_a_stranger_writes_is_inert(text: str, page: str) -> None:
    assert html(text, files=("near by.png",)).replace(" />", ">") == page


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# A\n## B\n### C", ["h2", "h3", "h4"]),
        ("### A\n# B", ["h2", "h2"]),
        ("## A\n##### B\n## C", ["h2", "h3", "h2"]),
        ("# Mug\n## A\n### B", ["h2", "h3"]),
        ("# mug\ntext\n# Mug", ["h2"]),
        ("> # A\n\n- ## B", ["h2", "h3"]),
        ("A\n===\n\nB\n---", ["h2", "h3"]),
    ],
)
def test_headings_begin_below_the_title_and_leave_out_no_level(text: str, levels: list[str]) -> None:
    assert [tag for tag, _ in seen(html(text)) if tag in HEADINGS] == levels


def test_headings_have_names_of_their_own_and_the_first_level_is_the_contents() -> None:
    prose = read_prose("# Fixes & *more*\n## Fixes\n# fixes more\n# 修正\n# !\n#\n", title="Mug", files=())
    ids = [attributes["id"] for tag, attributes in seen(str(prose.html)) if tag in HEADINGS]
    assert ids == ["fixes-more", "fixes", "fixes-more--2", "修正", "section", "section--2"]
    assert prose.headings == (
        Heading("Fixes & more", "fixes-more"),
        Heading("fixes more", "fixes-more--2"),
        Heading("修正", "修正"),
        Heading("!", "section"),
    )


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("One.\n\nTwo.\n\n# A\n\nThree.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("# Mug\n\nOne.\n\n# A", "<p>One.</p>\n"),
        ("One.\n\n- item\n\n# A", ""),
        ("One.\n\nTwo.", ""),
        ("# A\n\nOne.", ""),
        ("", ""),
    ],
)
def test_the_opening_is_the_paragraphs_before_the_first_heading(text: str, opening: str) -> None:
    prose = read_prose(text, title="Mug", files=())
    assert str(prose.opening) == opening
    assert str(prose.html).startswith(opening)


def test_a_cell_is_aligned_by_a_class_and_a_table_has_a_frame() -> None:
    page = html("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 | 3 |")
    assert page == (
        '<div class="table" role="region" aria-label="Table" tabindex="0"><table>\n<thead>\n<tr>\n<th>a</th>\n'
        '<th class="center">b</th>\n<th class="right">c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n'
        '<td class="center">2</td>\n<td class="right">3</td>\n</tr>\n</tbody>\n</table>\n</div>\n'
    )


def test_the_pictures_that_the_words_show_are_known() -> None:
    text = "![near](near%20by.png) ![far](https://a.example/x.png)"
    assert read_prose(text, title="Mug", files=("near by.png", "other.png")).pictures == frozenset({"near by.png"})


def test_the_first_heading_s_words_are_plain() -> None:
    assert first_heading("text\n\n## The *best*  `mug` [there](x) is\n# Later") == "The best mug there is"
    assert first_heading("no heading") == ""


@given(st.lists(HOSTILE, max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_no_text_makes_anything_but_the_tags_of_markdown(text: str) -> None:
    before = 1
    for tag, attributes in seen(html(text, files=("x",))):
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES or (tag, attributes) == ("div", FRAME)
        assert re.fullmatch(r"[\w-]+", attributes.get("id") or "x")
        assert not re.match(r"\s*(javascript|data|file|vbscript):", attributes.get("href") or "", re.IGNORECASE)
        assert attributes.get("src") in (None, "x")
        if tag in HEADINGS:
            assert 2 <= int(tag[1]) <= before + 1
            before = int(tag[1])


@pytest.mark.parametrize("unit", ["[", "![", "`a", "*a_ ", "> ", "<!--", "|a|b|\n|-|-|\n", "[a]: b\n"])
def test_the_longest_text_of_a_bad_kind_still_ends(unit: str) -> None:
    assert html(unit * (MOST_CHARACTERS // len(unit))) is not None
