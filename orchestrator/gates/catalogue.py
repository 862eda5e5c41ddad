"""The page `docs/checks.md`, written from the checks themselves, so that it cannot say what they do not do."""

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.gates.interface import Check
from orchestrator.gates.registry import BUILT_IN, find
from orchestrator.gates.rules import RuleSettings
from orchestrator.gates.schemas import keyed_schema

_HEAD = """\
# Checks

The checks that come with the orchestrator. A step's `gate` in `pipeline.yaml` names them, and so does a gate file:
`orchestrator check FILE… --gate FILE` runs one on any folder of files, see [check.md](check.md). This page is written
from the code; to add a check of your own, see [add-a-check.md](add-a-check.md).

A check says **findings**, each with a severity, a file and, where it can, a line. One that is critical or major fails
the gate; minor ones and infos are remarks. A check that cannot run (its settings are wrong, there is nothing to compare
with) is an **error**: neither a pass nor a fail. A file that is to be judged and is not there is a critical finding.

A file that a check's settings name (a list of words, a schema, a rubric) must be among what the step reads. Where its
agent need not see it, name it under the step's `gate_reads`: the verdict is bound to it all the same, and once it
changes, the work is judged anew, not made anew.

Patterns are those of RE2, which no text can make slow; they have no look-around and no back-references.

Where a check has a key for it, its value may stand alone: `sections: [A, B]` is `sections: {titles: [A, B]}`. A gate
may use a check twice; the second is called `image-2` in results and findings.
"""

_GROUNDED = """\
A figure is a number, a date, a time or a code such as `IP67`, and is compared by what it means: `1,200` is `1200`,
`24.00` is `24`, `24 %` is `24 percent`, `1 March 2026` is `2026-03-01`. A percentage needs a percentage (in a table,
the column's title may say it: `share`, `rate`, `growth`, `change`, `pct`); euros are no dollars, grams no millilitres,
and a plus no minus. The numbers of lists and headings are no figures, nor are links. Numbers in words are not looked
for.

A name is one or two words in double quotes, with a capital. A quotation is what stands in double quotes (three words
or more) or in a block quote; case, line breaks, emphasis and the style of quote marks do not count, and `…` may leave
words out. A citation such as `[notes.md:12]` must point at a line that is there and not blank. What is not found is
told with what comes nearest to it. What the step itself wrote bears nothing out.

A figure may be computed, where the calculation stands behind it on the same line from figures that are grounded
themselves, and comes to it as rounded:

    searches grew by +38 % (120 → 166)
    46 sold in spring (12 + 30 + 4)
    28 % of them came back (34 / 120)
    they pay 24.50 (median of 22, 24, 25, 30)

The operators are `→` or `->` (the change in percent), `+`, `−`, `×`, `÷` or `-`, `*`, `/`; the lists `median of`,
`mean of`, `average of` and `sum of`.
"""

_FURTHER = {"grounded": _GROUNDED}


GROUPS: Mapping[str, tuple[str, ...]] = {
    "Shape and words": (
        "characters", "lines", "must_contain", "must_not_contain", "not_empty", "placeholder", "plain_text", "sections",
        "words",
    ),
    "Language": ("duplicates", "language", "readability", "spelling"),
    "Facts": ("citations", "grounded"),
    "Markdown, links, pages": ("html", "links", "markdown"),
    "Data": ("csv", "front_matter", "schema"),
    "Pictures": ("contrast", "image", "rendered", "svg", "text_fits"),
    "What must not go out": ("personal_data", "secrets"),
    "Change": ("changed",),
    "Judges": ("findings", "review_file", "reviewer", "reviews"),
    "Programs of your own": ("callable", "command"),
}  # fmt: skip
"""The built-in checks by what they are for."""


def catalogue() -> str:
    """Return the page: every built-in check with its example and its settings."""
    checks = [check for name in sorted(BUILT_IN) if (check := find(name))]
    return "\n".join([_HEAD, *_groups(), "", *(_entry(check) for check in checks)])


def _groups() -> Iterator[str]:
    yield "| for | checks |"
    yield "| --- | --- |"
    for group, names in GROUPS.items():
        yield f"| {group} | {', '.join(f'[{name}](#{name})' for name in names if name in BUILT_IN)} |"


def _entry(check: Check) -> str:
    parts = [
        f"## {check.name}\n",
        check.summary + "\n",
        f"```yaml\n- {check.settings.example}\n```\n",
        *([_FURTHER[check.name]] if check.name in _FURTHER else []),
        *(
            ["Its failing is a verdict on the work reviewed: the reviewer is never asked again until it says yes.\n"]
            * check.is_verdict
        ),
        *(
            ["It may ask for more than its files; its word is taken from the entry when a ledger is proved.\n"]
            * check.looks_beyond
        ),
        *_rules(check),
        *_table(check),
    ]
    return "\n".join(parts)


def _rules(check: Check) -> Iterator[str]:
    rules = check.settings.RULES if issubclass(check.settings, RuleSettings) else {}
    if rules:
        yield "| rule | wants | severity |"
        yield "| --- | --- | --- |"
        yield from (f"| `{name}` | {_cell(rule.summary)} | {rule.level} |" for name, rule in rules.items())
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(check: Check) -> Iterator[str]:
    schema = keyed_schema(check.settings)
    yield "| key | holds | unless said | |"
    yield "| --- | --- | --- | --- |"
    for key, field in schema["properties"].items():
        name = f"`{key}`" + (" (may stand alone)" if key == check.settings.bare else "")
        cells = (_cell(text) for text in (_kind(field), _default(key, field, schema), field["description"]))
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""


def _default(key: str, field: dict[str, Any], schema: dict[str, Any]) -> str:
    if key in schema.get("required", ()):
        return "needed"
    value = field.get("default")
    return f"`{value}`" if value not in (None, [], {}) else ""


def _kind(field: dict[str, Any]) -> str:
    if "enum" in field:
        return ", ".join(field["enum"])
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_kind(form) for form in field["anyOf"] if form.get("type") != "null"))
    if field["type"] == "array":
        return f"list of {_kind(field['items'])}{'' if 'enum' in field['items'] else 's'}"
    if "const" in field:
        return str(field["const"])
    if "type" not in field:
        return "anything"
    if field["type"] == "object":
        held = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()), True)
        return f"key → {_kind(held)}" if isinstance(held, dict) else "keys and values"
    return {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}[field["type"]]
