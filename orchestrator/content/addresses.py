"""What links lead to, by their form: files, anchors, web addresses, mail, telephone, and what no text may link to.

Asks nobody and opens nothing. After RFC 3986 and, where browsers are laxer, the URL standard (https://url.spec.whatwg.org).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from posixpath import normpath

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_STRIPPED = "".join(map(chr, range(33)))
_MAIL = re.compile(r"[^\s@,<>()\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250})\.[A-Za-z0-9-]{2,63}")
_PHONE = re.compile(r"\+?[0-9(][0-9().\- ]{1,40}(?:;[A-Za-z0-9=+.\-;]{1,60})?")
_HOST = re.compile(r"//(?:[^/?#@]{0,200}@)?(\[[0-9A-Fa-f:.]{2,60}\]|[^/?#:@]{0,255})")
_TRANSLATED = IPv6Network("64:ff9b::/96")


class Kind(StrEnum):
    """What an address is for."""

    LOCAL = "local"
    """A file or folder, an anchor, or both."""
    WEB = "web"
    MAIL = "mail"
    PHONE = "phone"
    HARMFUL = "harmful"
    """It runs a program, carries a page of its own, or names a file of the reader's machine."""
    OTHER = "other"


_KINDS = {
    "http": Kind.WEB,
    "https": Kind.WEB,
    "mailto": Kind.MAIL,
    "tel": Kind.PHONE,
    "javascript": Kind.HARMFUL,
    "vbscript": Kind.HARMFUL,
    "data": Kind.HARMFUL,
    "file": Kind.HARMFUL,
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart. `path` and `fragment` have no percent escapes; they are of a LOCAL address only."""

    kind: Kind
    written: str
    scheme: str = ""
    path: str = ""
    fragment: str | None = None


def parse(target: str) -> Address:
    """Return what a link's target is. As in a browser, control characters and spaces around it hide no scheme."""
    bare = re.sub(r"[\t\n\r]", "", target.strip(_STRIPPED))
    if bare.startswith("//"):
        return Address(Kind.WEB, f"https:{bare}", "https")
    if found := _SCHEME.match(bare):
        scheme = found[1].lower()
        return Address(_kind(scheme), bare, scheme)
    before, hash_sign, fragment = bare.partition("#")
    path = before.partition("?")[0]
    return Address(Kind.LOCAL, bare, "", unescaped(path), unescaped(fragment) if hash_sign else None)


def _kind(scheme: str) -> Kind:
    """One letter is a drive of Windows."""
    return Kind.HARMFUL if len(scheme) == 1 else _KINDS.get(scheme, Kind.OTHER)


def unescaped(text: str) -> str:
    """Return the text without percent escapes, read as UTF-8."""
    return _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), text)


def resolved(file: str, path: str) -> str | None:
    """Return the path that a link in `file` leads to, with no `/` at its end; None where it leads above the top.

    The file's own path and the answer are as in a gate: relative to the job, or from the workspace's `/` on. The top
    folder itself is `.` or `/`.
    """
    folder = file.rpartition("/")[0]
    if file.startswith("/"):
        folder = folder or "/"
    whole = path if path.startswith("/") else f"{folder}/{path}" if folder not in ("", "/") else f"{folder}{path}"
    if _climbs_out(whole):
        return None
    return "/" + normpath(whole).lstrip("/") if whole.startswith("/") else normpath(whole)


def _climbs_out(path: str) -> bool:
    depth = 0
    for part in path.split("/"):
        depth += {"": 0, ".": 0, "..": -1}.get(part, 1)
        if depth < 0:
            return True
    return False


def form_fault(address: Address) -> str | None:
    """Return what is wrong with the form of a mail address or telephone number, or None."""
    rest = unescaped(address.written.partition(":")[2].partition("?")[0])
    if address.kind is Kind.MAIL and not all(_MAIL.fullmatch(one.strip()) for one in rest.split(",")):
        return "is no mail address"
    if address.kind is Kind.PHONE and not (_PHONE.fullmatch(rest) and sum(map(str.isdigit, rest)) > 2):
        return "is no telephone number"
    return None


def host(written: str) -> str:
    """Return the host that a web address names, in lower case, without port; nothing where it names none."""
    found = _HOST.match(written.partition(":")[2])
    return found[1].strip("[]").rstrip(".").lower() if found else ""


def is_public_host(name: str) -> bool:
    """Say whether a host can be one that others reach: no number of a private net, and no name of this machine."""
    if not name or name == "localhost" or name.endswith((".localhost", ".local", ".internal", ".home.arpa")):
        return False
    try:
        return is_public(name)
    except ValueError:
        return "." in name and not re.fullmatch(r"[0-9.]+|.*\.0x[0-9a-f]*|0x[0-9a-f.x]+", name[:300])


def is_public(number: str) -> bool:
    """Say whether an IP number is one of the public internet. Raises ValueError for what is no IP number.

    An IPv6 number that stands for an IPv4 one is refused, whatever it stands for: a private one could hide in it.
    """
    found: IPv4Address | IPv6Address = ip_address(number.partition("%")[0])
    if isinstance(found, IPv6Address):
        stands_for = found.ipv4_mapped or found.sixtofour or found.teredo
        if stands_for or found in _TRANSLATED or found.is_site_local:
            return False
    return found.is_global and not (found.is_multicast or found.is_reserved or found.is_unspecified)
