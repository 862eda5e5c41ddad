"""The check `html`: a page is written as HTML wants it, and people who cannot see it can use it.

Accessible enough, after WCAG 2.2 as far as a file tells. Contrast is judged where the page's own styles say both
colours plainly; what style sheets in other files, scripts, pictures and media queries do is not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise
from math import floor
from typing import ClassVar

from orchestrator.content.html_tree import Element, Page, PageTooLarge, read
from orchestrator.content.page_styles import TooManyStyles, loads_from_afar, texts
from orchestrator.gates.interface import Check, Material, needs
from orchestrator.gates.reading import FilePath, file_field, read_texts
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.names import shown

PAGES = (".html", ".htm")

_MOST = 1_000
"""Breaches of one rule: no gate listens to more."""

_RULES = {
    "parse-error": Rule("The page can be read without mending: tags and comments are closed, and close something."),
    "unclosed": Rule("An element whose end tag is needed has it, in its place."),
    "repeated-attribute": Rule("An element has each attribute once."),
    "doctype": Rule("The page begins with the doctype of HTML."),
    "title": Rule("The page has a title."),
    "lang": Rule("The page says its language."),
    "heading-order": Rule("A heading has words, and is at most one level below the one before it."),
    "one-h1": Rule("The page has one h1."),
    "alt": Rule("A picture has a text that stands for it, empty where it is mere ornament."),
    "frame-title": Rule("A frame says what is in it, by its title."),
    "label": Rule("A field of a form has a label."),
    "link-text": Rule("Links and buttons say what they are for."),
    "duplicate-id": Rule("An id stands once."),
    "reference": Rule("What labels and ARIA attributes refer to is there."),
    "meta-refresh": Rule("The page does not load itself anew or send its reader elsewhere."),
    "autoplay": Rule("Nothing with sound plays by itself."),
    "contrast": Rule("Texts stand out from their ground: 4.5, large ones 3, as far as plain styles tell."),
    "table-headers": Rule("A table has header cells.", Level.MINOR),
    "viewport": Rule("The page fits small screens, and can be made larger.", Level.MINOR),
    "script": Rule("The page runs no program.", Level.OFF),
    "external": Rule("The page loads nothing from other hosts.", Level.OFF),
}

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,5}")
_SCALE = re.compile(r"(?:user-scalable\s{0,9}=\s{0,9}(?:no|0)|maximum-scale\s{0,9}=\s{0,9}[01](?:\.\d{1,9})?)(?![\d.])")
_FAR = re.compile(r"(?:https?|ftp|wss?):|//", re.IGNORECASE)
_PROGRAMS = ("javascript:", "vbscript:", "data:text/html", "data:application/xhtml", "data:text/xml")
_PASSED_OVER = re.compile("[\t\n\r]")
_CONTROLS = "".join(map(chr, range(33)))
"""Browsers pass over these at the head of an address, and over line ends and tabs in it (URL standard, 4.4)."""
_WORDS = frozenset(["alt", "title", "content", "value", "placeholder", "label", "summary", "id", "class", "name"])
_OPENED = frozenset(["a", "area", "iframe", "frame", "embed", "object", "svg:a"])
"""Elements whose address is shown as a page, in which a drawing runs its scripts."""
_UNLABELLED = frozenset(["hidden", "submit", "reset", "button", "image"])
_ORNAMENT = frozenset(["presentation", "none"])
_EMPTY_WORDS = frozenset(
    ["click here", "click", "here", "link", "more", "read more", "learn more", "this", "this link", "this page"]
)
_POINTING = (
    "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "aria-details", "aria-errormessage",
    "aria-activedescendant", "aria-flowto",
)  # fmt: skip
_LOADED = frozenset(
    ["img", "script", "iframe", "video", "audio", "source", "track", "embed", "object", "input", "frame"]
)
_DRAWN = frozenset(["svg:image", "svg:use", "svg:feImage", "svg:script"])
_LOADING_RELS = frozenset(["stylesheet", "icon", "preload", "modulepreload", "prefetch", "manifest"])


class Html(RuleSettings):
    """Settings of `html`."""

    example: ClassVar[str] = "html: {rules: {script: major, external: major, viewport: off}}"
    RULES: ClassVar[Mapping[str, Rule]] = _RULES

    file: FilePath | None = file_field("HTML file")


@dataclass(frozen=True, slots=True)
class _Breach:
    line: int
    message: str
    suggestion: str


_Breaches = Iterator[_Breach]


def _run(material: Material, settings: Html) -> Iterator[Finding]:
    files, faults = read_texts(material, settings.file, PAGES)
    yield from faults
    for each in files:
        try:
            page = read(each.text)
        except ImportError as exc:
            raise needs("justhtml") from exc
        except PageTooLarge as exc:
            hint = "make several pages of it"
            yield Finding(
                severity=Severity.CRITICAL, message=exc.message, file=each.path, line=exc.line, suggestion=hint
            )
            continue
        yield from sorted(_judge(each.path, page, settings), key=lambda finding: finding.line or 0)


def _judge(path: str, page: Page, settings: Html) -> Iterator[Finding]:
    for rule in _RULES:
        if settings.level(rule) is not Level.OFF:
            for breach in islice(_of(rule, page), _MOST):
                finding = settings.finding(rule, breach.message, path, breach.line, breach.suggestion)
                if finding:
                    yield finding


def _of(rule: str, page: Page) -> _Breaches:
    if rule in _BREACHES:
        return _BREACHES[rule](page)
    return (_Breach(fault.line, fault.message, _MENDING[rule]) for fault in page.faults if fault.rule == rule)


_MENDING = {
    "parse-error": "mend it: browsers guess, and not all alike",
    "unclosed": "close it before what it lies in is closed",
    "repeated-attribute": "take one of them away",
    "doctype": "make it the first line",
}


def _title(page: Page) -> _Breaches:
    titles = page.all("title")
    if not titles:
        yield _Breach(1, "the page has no title", "add <title> to its head")
    elif not titles[0].words():
        yield _Breach(titles[0].line, "the title is empty", "write what the page is about")


def _lang(page: Page) -> _Breaches:
    for root in page.all("html"):
        language = root.get("lang")
        if not language:
            yield _Breach(root.line, "the page does not say its language", 'write <html lang="en">, or what it is')
        elif not _LANGUAGE.fullmatch(language):
            yield _Breach(root.line, f"{shown(language)} is no language", 'write a code such as "en" or "pt-BR"')


def _heading_order(page: Page) -> _Breaches:
    headings = page.all("h1", "h2", "h3", "h4", "h5", "h6")
    for heading in headings:
        if not heading.words():
            yield _Breach(heading.line, f"the {heading.tag} is empty", "write it, or take it away")
    for before, heading in pairwise(headings):
        above = int(before.tag[1])
        if int(heading.tag[1]) > above + 1:
            message = f"{shown(heading.words())} is an {heading.tag}, and the heading above an {before.tag}"
            yield _Breach(heading.line, message, f"make it an h{above + 1}")


def _one_h1(page: Page) -> _Breaches:
    titles = page.all("h1")
    if not titles:
        yield _Breach(1, "the page has no h1", "give it one that says what it is about")
    for extra in titles[1:]:
        message = f"the page has a second h1, {shown(extra.words())}: line {titles[0].line} has one"
        yield _Breach(extra.line, message, "make it an h2")


def _is_named(element: Element) -> bool:
    return any(element.get(name) for name in ("aria-label", "aria-labelledby", "title"))


def _alt(page: Page) -> _Breaches:
    for picture in page.all("img", "area", "input"):
        if _is_picture(picture) and not (picture.get("alt") or _is_named(picture) or _is_ornament(picture)):
            name = picture.get("src") or picture.get("href")
            message = f"the picture {shown(name)} has no text that stands for it"
            yield _Breach(picture.line, message, 'say what it shows in alt; alt="" where it is mere ornament')


def _is_picture(element: Element) -> bool:
    if element.tag == "area":
        return "href" in element.attributes
    return element.tag == "img" or element.get("type").lower() == "image"


def _is_ornament(element: Element) -> bool:
    """A picture that is pressed is never mere ornament."""
    is_said = element.get("role") in _ORNAMENT or element.get("aria-hidden") == "true" or "alt" in element.attributes
    return element.tag == "img" and is_said


def _frame_title(page: Page) -> _Breaches:
    for frame in page.all("iframe", "frame"):
        is_hidden = frame.get("aria-hidden") == "true" or "hidden" in frame.attributes
        if not is_hidden and not _is_named(frame):
            yield _Breach(frame.line, f"the frame {shown(frame.get('src'))} has no title", "say in title what it shows")


def _label(page: Page) -> _Breaches:
    labelled = {label.get("for") for label in page.all("label")} - {""}
    inside = _within(page, "label")
    for control in page.all("input", "select", "textarea"):
        has_one = control.get("id") in labelled or id(control) in inside or _is_named(control)
        if not has_one and not (control.tag == "input" and control.get("type").lower() in _UNLABELLED):
            name = control.get("name") or control.get("id")
            message = f"the {control.tag} {shown(name)} has no label" if name else f"the {control.tag} has no label"
            yield _Breach(control.line, message, 'put <label for="its id"> beside it')


def _within(page: Page, tag: str) -> Mapping[int, Element]:
    """Return the elements that lie in one of that name, by identity, and the nearest it is."""
    nearest: dict[int, Element] = {}
    for element in page.elements:
        above = element.parent
        if above is not None and (above.tag == tag or id(above) in nearest):
            nearest[id(element)] = above if above.tag == tag else nearest[id(above)]
    return nearest


def _link_text(page: Page) -> _Breaches:
    for link in page.all("a", "button", "input"):
        if not _is_pressed(link):
            continue
        words, noun = link.words() or link.get("value"), "link" if link.tag == "a" else "button"
        if not words and not _is_named(link):
            yield _Breach(link.line, f"the {noun} has no words", "say what it is for, in the text or in aria-label")
        elif noun == "link" and words.casefold().strip(" .…»›→>!") in _EMPTY_WORDS:
            yield _Breach(link.line, f"the link {shown(words)} does not say where it leads", "name what is behind it")


def _is_pressed(element: Element) -> bool:
    if element.tag == "a":
        return "href" in element.attributes
    return element.tag == "button" or element.get("type").lower() == "button"


def _duplicate_id(page: Page) -> _Breaches:
    first: dict[str, int] = {}
    for element in page.elements:
        name = element.attributes.get("id")
        if name is None:
            continue
        if not name or re.search(r"\s", name):
            yield _Breach(element.line, f"the id {shown(name)} is none", "write one without spaces")
        elif name in first:
            yield _Breach(element.line, f"the id {shown(name)} stands on line {first[name]} too", "make it another")
        else:
            first[name] = element.line


def _reference(page: Page) -> _Breaches:
    known = {element.attributes.get("id") for element in page.elements}
    for element in page.elements:
        for name in (*_POINTING, "for") if element.tag in ("label", "output") else _POINTING:
            for wanted in element.get(name).split():
                if wanted not in known:
                    message = f"{name} refers to {shown(wanted)}, and nothing has that id"
                    yield _Breach(element.line, message, "give the id to what is meant")


def _table_headers(page: Page) -> _Breaches:
    inside = _within(page, "table")
    headed = {id(inside[id(cell)]) for cell in page.all("th") if id(cell) in inside}
    for table in page.all("table"):
        if id(table) not in headed and table.get("role") not in _ORNAMENT:
            hint = 'make the heads of its columns th; role="presentation" where it is mere layout'
            yield _Breach(table.line, "the table has no header cells", hint)


def _viewport(page: Page) -> _Breaches:
    found = [meta for meta in page.all("meta") if meta.get("name").lower() == "viewport"]
    if not found:
        hint = 'add <meta name="viewport" content="width=device-width, initial-scale=1">'
        yield _Breach(1, "the page does not say how it fits small screens", hint)
    for meta in found:
        if _SCALE.search(meta.get("content").lower()):
            yield _Breach(meta.line, "the page cannot be made larger", "leave out user-scalable and maximum-scale")


def _meta_refresh(page: Page) -> _Breaches:
    for meta in page.all("meta"):
        if meta.get("http-equiv").lower() == "refresh":
            yield _Breach(meta.line, "the page loads itself anew, or another", "link to it, and let its reader choose")


def _autoplay(page: Page) -> _Breaches:
    for player in page.all("audio", "video"):
        if "autoplay" in player.attributes and "muted" not in player.attributes:
            yield _Breach(player.line, f"the {player.tag} plays by itself", "take autoplay away")


def _contrast(page: Page) -> _Breaches:
    seen: set[tuple[str, str, float]] = set()
    try:
        for text in texts(page):
            colors = (str(text.ink), str(text.ground), text.wanted)
            if text.ratio < text.wanted and colors not in seen:
                seen.add(colors)
                ratio = f"{floor(text.ratio * 100) / 100:g}"  # down, so that it never reads as being at the limit
                message = f"the text {shown(text.text)}, {text.ink} on {text.ground}, has a contrast of {ratio}"
                yield _Breach(text.line, f"{message}; {text.wanted:g} is wanted", "make one lighter or darker")
    except TooManyStyles as exc:
        yield _Breach(1, f"contrast is not judged: {exc}", "make them fewer")


def _script(page: Page) -> _Breaches:
    for element in page.elements:
        if element.tag in ("script", "svg:script") and not element.get("type").endswith("json"):
            yield _Breach(element.line, "the page runs a script", "take it away")
        for name, value in element.attributes.items():
            if name.startswith("on") or _is_program(element.tag, name, value):
                yield _Breach(element.line, f"the attribute {shown(name)} is a program", "take it away")
            elif name == "srcdoc":
                message = "the attribute 'srcdoc' holds a page of its own, which can run programs"
                yield _Breach(element.line, message, "put that page beside this one")


def _is_program(tag: str, name: str, value: str) -> bool:
    address = _address(value)[:40].lower()
    if name in _WORDS or name.startswith("aria-"):
        return False
    return address.startswith(_PROGRAMS) or (tag in _OPENED and address.startswith("data:image/svg"))


def _address(value: str) -> str:
    return _PASSED_OVER.sub("", value.lstrip(_CONTROLS))


def _external(page: Page) -> _Breaches:
    for element in page.elements:
        for address in _assets(element):
            if _FAR.match(_address(address).replace("\\", "/")):
                yield _Breach(element.line, f"{shown(address)} comes from another host", "put it beside the page")
        if any(loads_from_afar(style) for style in _styles(element)):
            yield _Breach(element.line, "the style loads from another host", "put what it loads beside the page")


def _styles(element: Element) -> Iterator[str]:
    """The attributes of a drawing can be styles, each by itself."""
    if element.tag in ("style", "svg:style"):
        yield "".join(child for child in element.children if isinstance(child, str))
    is_drawn = element.tag.startswith("svg:")
    yield from (value for name, value in element.attributes.items() if name == "style" or (is_drawn and "(" in value))


def _assets(element: Element) -> Iterator[str]:
    if element.tag in _LOADED:
        yield from (element.get(name) for name in ("src", "data", "poster"))
        yield from map(str.strip, element.get("srcset").split(","))
    if element.tag == "link" and not _LOADING_RELS.isdisjoint(element.get("rel").lower().split()):
        yield element.get("href")
        yield from map(str.strip, element.get("imagesrcset").split(","))
    if element.tag == "base":
        yield element.get("href")
    if element.tag in _DRAWN:
        yield from (element.get(name) for name in ("href", "xlink:href"))
    yield element.get("background")


_BREACHES: Mapping[str, Callable[[Page], _Breaches]] = {
    "title": _title,
    "lang": _lang,
    "heading-order": _heading_order,
    "one-h1": _one_h1,
    "alt": _alt,
    "frame-title": _frame_title,
    "label": _label,
    "link-text": _link_text,
    "duplicate-id": _duplicate_id,
    "reference": _reference,
    "meta-refresh": _meta_refresh,
    "autoplay": _autoplay,
    "contrast": _contrast,
    "table-headers": _table_headers,
    "viewport": _viewport,
    "script": _script,
    "external": _external,
}

CHECK = Check("html", "A page is well-made HTML, and accessible: names, labels, order, contrast.", Html, _run)
