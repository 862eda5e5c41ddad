"""What a program said, made fit to be told: on one line, short, without the secrets that it was handed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.content.secrets import redacted
from orchestrator.documents.foreign_findings import plainly
from orchestrator.model.names import path_fault, shown
from orchestrator.model.protected import UNSEEN

LONGEST_TOLD = 300
"""Characters."""
_SHORTEST_SECRET = 4
_SHORTEST_IN_A_FILE = 12
_SECRET_NAME = re.compile(r"key|token|secret|passw|credential|auth", re.IGNORECASE)
_HARMLESS = frozenset({"true", "false", "none", "null"})


@dataclass(frozen=True, slots=True)
class Discretion:
    """Knows the values of the environment variables that a program was handed, so that nobody is told them."""

    environ: Mapping[str, str]

    def line(self, text: str, most: int = LONGEST_TOLD) -> str:
        """Return the end of a text as one plain line of at most so many characters."""
        end = self.hide(text.encode("utf-8", "replace"))[-40 * most :]
        plain = plainly(redacted(end).decode("utf-8", "replace"))
        return plain if len(plain) <= most else "…" + plain[1 - most :]

    def hide(self, content: bytes) -> bytes:
        """Return the content with the name of a variable wherever its value stood."""
        for name, value in sorted(self.environ.items(), key=lambda each: -len(each[1])):
            if len(value) >= _SHORTEST_SECRET and value.lower() not in _HARMLESS:
                content = content.replace(value.encode("utf-8", "surrogateescape"), f"[${name}]".encode())
        return content

    def path(self, path: str) -> tuple[str, str | None]:
        """Return a path as a message may show it, and as a finding may name it: None where it is no plain path."""
        known = self.hide(path.encode("utf-8", "replace")).decode("utf-8", "replace")
        is_plain = known == path and path.isprintable() and len(path) <= 200 and not UNSEEN.search(path)
        if is_plain and path_fault(path) is None:
            return path, path
        return shown(ascii(known)[1:-1]), None

    def held_in(self, content: bytes) -> str | None:
        """Return the name of a variable that is named as secrets are, and whose value stands in the content."""
        held = (
            name
            for name, value in self.environ.items()
            if _SECRET_NAME.search(name)
            and len(value) >= _SHORTEST_IN_A_FILE
            and value.encode("utf-8", "surrogateescape") in content
        )
        return next(held, None)


def last_words(*outputs: bytes) -> str:
    """Return the text of the first output in which anything stands."""
    texts: Sequence[str] = [output.decode("utf-8", "replace") for output in outputs]
    return next((text for text in texts if plainly(text)), "")
