"""What a program said, made fit to be told: on one line, short, without the secrets that it was handed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.content.secrets import redacted, seen
from orchestrator.documents.foreign_findings import plainly
from orchestrator.model.excerpts import ending
from orchestrator.model.names import path_fault, shown
from orchestrator.model.protected import UNSEEN

LONGEST_TOLD = 300
"""Characters."""
_SHORTEST_SECRET = 4
_SHORTEST_IN_A_FILE = 12
_SECRET_NAME = re.compile(r"key|token|secret|passw|credential|auth", re.IGNORECASE)
_HARMLESS = frozenset({"true", "false", "none", "null"})
_MAY_PART = re.compile(rb"[^\t\n\x20-\x7e]")
"""What may stand unseen within a value: controls, and what is more than a byte."""


@dataclass(frozen=True, slots=True)
class Discretion:
    """Knows the values of the environment variables that a program was handed, so that nobody is told them."""

    environ: Mapping[str, str]

    def line(self, text: str, most: int = LONGEST_TOLD) -> str:
        """Return the end of a text as one plain line of at most so many characters."""
        end = _plain(self.hide(text.encode("utf-8", "replace"))[-40 * most :])
        # What was taken out may have parted a value, which stands there whole now.
        return ending(plainly(self.hide(redacted(self.hide(end))).decode("utf-8", "replace")), most)

    def hide(self, content: bytes) -> bytes:
        """Return the content with the name of a variable wherever its value stood."""
        for name, values in self._values():
            for value in values:
                content = content.replace(value, f"[${name}]".encode())
        return content

    def transcript(self, content: bytes) -> bytes:
        """Return the content with no value in it, and without the lines in which one stands that something parts."""
        return b"\n".join(map(self._kept, self.hide(content).split(b"\n")))

    def _kept(self, line: bytes) -> bytes:
        if not _MAY_PART.search(line):
            return line
        plain = _plain(line)
        name = next((name for name, values in self._values() if any(value in plain for value in values)), None)
        return line if name is None else f"[a line that held ${name}]".encode()

    def _values(self) -> Iterator[tuple[str, tuple[bytes, ...]]]:
        """The longest first, each as it is and as it is when it is made plain."""
        for name, value in sorted(self.environ.items(), key=lambda each: -len(each[1])):
            if len(value) >= _SHORTEST_SECRET and value.lower() not in _HARMLESS:
                yield name, _forms(value)

    def path(self, path: str) -> tuple[str, str | None]:
        """Return a path as a message may show it, and as a finding may name it: None where it is no plain path."""
        known = self.hide(path.encode("utf-8", "replace")).decode("utf-8", "replace")
        is_plain = known == path and path.isprintable() and len(path) <= 200 and not UNSEEN.search(path)
        if is_plain and path_fault(path) is None:
            return path, path
        return shown(ascii(known)[1:-1]), None

    def held_in(self, content: bytes) -> str | None:
        """Return the name of a variable that is named as secrets are, and whose value stands in the content.

        In a text nothing that is unseen parts a value.
        """
        secret = {
            name: _forms(value)
            for name, value in self.environ.items()
            if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_IN_A_FILE
        }
        texts = (content, _plain(content)) if secret and _MAY_PART.search(content) and _is_text(content) else (content,)
        held = (name for name, forms in secret.items() if any(form in text for form in forms for text in texts))
        return next(held, None)


def _forms(value: str) -> tuple[bytes, ...]:
    written = value.encode("utf-8", "surrogateescape")
    plain = _plain(written)
    return (written, plain) if plain != written and len(plain) >= _SHORTEST_SECRET else (written,)


def _plain(content: bytes) -> bytes:
    return plainly(seen(content).decode("utf-8", "replace")).encode()


def _is_text(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def last_words(*outputs: bytes) -> str:
    """Return the text of the first output in which anything stands."""
    texts: Sequence[str] = [output.decode("utf-8", "replace") for output in outputs]
    return next((text for text in texts if plainly(text)), "")
