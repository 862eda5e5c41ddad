"""A Markdown file read as what its front matter says and the text below. Pure; whatever it is handed, it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.content.markdown import front_matter_lines
from orchestrator.documents import yaml
from orchestrator.errors import DocumentError
from orchestrator.publishers.receipt import Card

LONGEST = {
    "title": 200, "price": 60, "description": 500, "alt": 300, "tags": 60, "date": 40, "version": 60, "author": 200,
}  # fmt: skip
MOST_ITEMS = 20


@dataclass(frozen=True, slots=True)
class Facts:
    """Front matter as nodes, since a price of 24.00 and a version of 1.10 are to be shown as they were written."""

    nodes: Mapping[str, yaml.Node]

    def line(self, key: str) -> str:
        """Return a scalar as one line of printable text; a list, a mapping, null, true and false say nothing."""
        return _line(self.nodes.get(key), key)

    def items(self, key: str) -> tuple[str, ...]:
        """Return a list's lines, or those of a scalar's parts between commas: each once, none of them empty."""
        said = self.nodes.get(key)
        if isinstance(said, yaml.ListNode):
            lines = [_line(item, key) for item in said.items[:MOST_ITEMS]]
        else:
            lines = [cut(part, key) for part in _scalar(said).split(",")[:MOST_ITEMS]]
        return tuple(dict.fromkeys(line for line in lines if line))

    def card(self, *, title: str, picture: str | None) -> Card:
        """Return what the index shows; `title` stands where the front matter names none."""
        return Card(
            title=self.line("title") or title,
            price=self.line("price"),
            description=self.line("description"),
            picture=picture,
            alt=self.line("alt"),
            date=self.line("date"),
            version=self.line("version"),
            author=cut(", ".join(self.items("author") or self.items("authors")), "author"),
        )


def read_facts(content: bytes) -> tuple[Facts, str]:
    """Return what the front matter says, nothing where it cannot be read, and the text below it."""
    text = content.decode("utf-8", errors="replace").removeprefix("\ufeff")
    lines = text.split("\n")
    count = front_matter_lines(text)
    return Facts(_nodes("\n".join(lines[1 : count - 1])) if count else {}), "\n".join(lines[count:])


def cut(text: str, key: str) -> str:
    """Return `text` as one line of printable characters, no longer than a page shows of that key."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    most = LONGEST.get(key, LONGEST["title"])
    return line if len(line) <= most else line[: most - 1] + "…"


def _nodes(head: str) -> Mapping[str, yaml.Node]:
    try:
        root = yaml.compose(head, "front matter").root
    except DocumentError:
        return {}
    return {key: node for key, (_, node) in root.entries.items()} if isinstance(root, yaml.MapNode) else {}


def _line(said: yaml.Node | None, key: str) -> str:
    return cut(_scalar(said), key)


def _scalar(said: yaml.Node | None) -> str:
    if not isinstance(said, yaml.ScalarNode):
        return ""
    value = yaml.plain(said)
    return "" if value is None or isinstance(value, bool) else said.text
