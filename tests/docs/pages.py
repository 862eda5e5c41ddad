"""Where the pages are, and how a generated block is put into one of them: between two comments that name it."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FRAGMENTS = ROOT / "changelog.d"
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    FRAGMENTS / "README.md",
    *sorted(DOCS.glob("*.md")),
)


def rewrite(page: str, name: str, block: str) -> str:
    """Return the page with the block of that name replaced. Raises ValueError where the page has no such block."""
    begin, end = f"<!-- generated: {name} -->", "<!-- end -->"
    pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"the page has no block {begin}")
    return pattern.sub(lambda _: f"{begin}\n\n{block}\n\n{end}", page, count=1)
