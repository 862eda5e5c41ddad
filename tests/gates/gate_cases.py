"""What the tests of checks share: one check through a gate, told in lines; and files that nobody would wish for."""

from collections.abc import Mapping

from orchestrator.gates import Material, NothingOutside, Outside, judge
from orchestrator.model.finding import Finding
from orchestrator.model.pipeline import CheckUse

Files = Mapping[str, str | bytes]


def material(
    files: Files,
    artifacts: tuple[str, ...] | None = None,
    *,
    before: Files | None = None,
    is_by_person: bool = False,
    outside: Outside | None = None,
) -> Material:
    """Return files as a gate sees them; the first is the artifact unless said otherwise."""
    return Material(
        files=_encoded(files),
        artifacts=tuple(list(files)[:1]) if artifacts is None else artifacts,
        before=_encoded(before or {}),
        is_by_person=is_by_person,
        outside=outside or NothingOutside(),
    )


def said(use: object, what: Material | Files) -> list[str]:
    """Return the verdict of a check, then `severity rule place: message -> suggestion` of each finding."""
    judged = what if isinstance(what, Material) else material(what)
    (result,) = judge([CheckUse.model_validate(use)], judged)
    return [str(result.verdict), *map(_told, result.findings)]


def _told(finding: Finding) -> str:
    rule = f"{finding.rule} " if finding.rule else ""
    suggestion = f" -> {finding.suggestion}" if finding.suggestion else ""
    return f"{finding.severity} {rule}{finding}{suggestion}"


def _encoded(files: Files) -> dict[str, bytes]:
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}


PNG_HEAD = b"\x89PNG\r\n\x1a\n"

HOSTILE: Mapping[str, bytes] = {
    "empty": b"",
    "blank": b" \n\t\n",
    "binary": bytes(range(256)) * 20,
    "not UTF-8": "caf\xe9\n".encode("latin-1"),
    "NULs": b"a\0b\0c\n",
    "one long line": b"word " * 200_000,
    "one endless word": b"a" * 1_000_000,
    "CRLF": b"# Title\r\n\r\nText.\r\n",
    "BOM": b"\xef\xbb\xbf# Title\n\nText.\n",
    "bidi controls": "a \u202egnp.exe\u202c b\n".encode(),
    "emoji": "\U0001f469\u200d\U0001f52c \U0001f1e9\U0001f1ea \u2764\ufe0f\n".encode(),
    "right to left": "\u0634\u0643\u0631\u0627 \u05e9\u05dc\u05d5\u05dd\n".encode(),
    "no final newline": b"text",
    "open brackets": b"[" * 50_000,
    "open emphasis": b"*a **a " * 20_000,
    "open quotations": b"> " * 5_000 + b"\n",
    "open comments": b"<!-- " * 20_000,
    "nested lists": b"".join(b" " * (2 * n) + b"- a\n" for n in range(500)),
    "table": b"|a" * 20_000 + b"|\n" + b"|-" * 20_000 + b"|\n",
    "YAML bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "deep JSON": b"[" * 100_000 + b"]" * 100_000,
    "open front matter": b"---\ntitle: x\n" + b"a: 1\n" * 1_000,
    "control characters": bytes(range(1, 32)) + b"\x7f\n",
    "entity bomb": b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><svg>&b;</svg>',
    "huge drawing": b'<svg xmlns="http://www.w3.org/2000/svg" width="1e9" height="1e9"/>',
    "lying picture": PNG_HEAD + b"\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0" + b"\0" * 64,
}
"""Name → content. Each goes through every check, whatever the check is for: no crash, and no time worth noticing."""
