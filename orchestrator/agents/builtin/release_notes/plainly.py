"""Strangers' words made plain: one line, no character that is not seen, no address, no secret. Escapes nothing yet.

What is handed on is said in the record (commits.yaml) and from there alone, so that it is made harmless once.
"""

import re
import unicodedata

from orchestrator.content.secrets import secret_in

LONGEST = 300
"""Characters of a subject that is handed on."""
LONGEST_NAME = 80

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ADDRESS = re.compile(r"<?\b([\w.+-]{1,64})@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b>?")


def plain(text: str, longest: int = LONGEST) -> str:
    """Return a text as one line of at most so many characters, in composed forms, without what nobody sees."""
    head = text[: longest * 4]
    if not head.isascii():
        head = unicodedata.normalize("NFC", head)
    if not (head.isascii() and head.isprintable()):
        head = "".join(char if _is_seen(char) else " " if char in "\t\n\r\v\f\x85\u2028\u2029" else "" for char in head)
    head = " ".join(head.split())
    if "@" in head:
        head = _ADDRESS.sub(_without_host, head)
    if len(head) > 15 and secret_in(head.encode()):
        return "(left out: it looks like a secret)"
    return head if len(head) <= longest else _cut(head[: longest - 2]).rstrip(" ,;:–—-") + " …"


def _cut(head: str) -> str:
    """Without its last word, of which a part is lacking; a word longer than all the others together is told in part."""
    whole = head.rpartition(" ")[0]
    return whole if 2 * len(whole) > len(head) else head


def name_of(name: str, email: str) -> str:
    """Return the name by which a person is called: theirs, or what stands before the `@` where they gave none."""
    called = plain(name.partition("@")[0] or name, LONGEST_NAME)
    return called if any(char.isalnum() for char in called) else plain(email.partition("@")[0], 40) or "somebody"


def _without_host(address: re.Match[str]) -> str:
    return f"{address[1]} (at …)"


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in _UNSEEN
