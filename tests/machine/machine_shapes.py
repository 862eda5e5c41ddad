"""Pipelines for the tests of the machine: the stock one of DESIGN §14, and others that bend it. Plain text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.documents.emit import emit_yaml
from orchestrator.model.agent import Agent, AgentExtras, BackendKind

ADA = "ada@example.com"
BEN = "ben@example.com"
CY = "cy@example.com"
EVE = "eve@example.com"
"""No approver of anything."""

SETTINGS = """\
version: 1
models:
- {name: "fake:small", tier: fast}
- {name: "fake:large", tier: strong}
approvers:
  owner: {who: [ada@example.com, ben@example.com, cy@example.com]}
  two: {who: [ada@example.com, ben@example.com, cy@example.com], count: 2}
  other: {who: [ada@example.com, ben@example.com, cy@example.com], not_author: true}
  team: anyone
publishers:
  storefront: {kind: directory, path: published}
  wire: {kind: http, url: "https://example.com/"}
  guarded: {kind: directory, path: guarded, requires: owner}
"""

WEAK_SETTINGS = SETTINGS.replace('- {name: "fake:large", tier: strong}\n', "")
"""One model only: nothing to promote to."""


def role(name: str, backend: BackendKind = BackendKind.MODEL) -> Agent:
    return Agent.model_validate({"name": name, "x-orchestrator": AgentExtras(backend=backend)})


ROLES = {
    name: role(name) for name in ("researcher", "writer", "designer", "reviewer", "editor", "translator", "binder")
} | {"someone": role("someone", BackendKind.PERSON), "tool": role("tool", BackendKind.COMMAND)}


@dataclass(frozen=True)
class Shape:
    """A pipeline with what it needs around it."""

    name: str
    pipeline: str
    files: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step → the params that it reads."""
    said: Mapping[str, object] = field(default_factory=dict)
    """The job's params, unless a test says others."""
    settings: str = WEAK_SETTINGS
    events: frozenset[str] = frozenset()
    """Publish steps whose target is an event."""
    found: Mapping[str, int] = field(default_factory=dict)
    """Reviewing step → how many minor findings it has."""
    roles: Mapping[str, Agent] = field(default_factory=lambda: ROLES)

    def job_file(self, params: Mapping[str, object]) -> str:
        return emit_yaml({"version": 1, "params": {**self.said, **params}}).decode()


_SOURCES = {"brief.md": "A mug.\n", "sources/sales.csv": "day,sold\n1,2\n"}

_STOCK_STEPS = """\
version: 1
steps:
  research:
    agent: researcher
    reads: [brief.md, sources/]
    writes: [research.md]
  draft:
    agent: writer
    reads: [brief.md, research.md]
    writes: [listing.md]
    attempts: 3
  design:
    agent: designer
    reads: [brief.md, listing.md]
    writes: [design.svg, design.png]
  validate:
    agent: reviewer
    reads: [brief.md, research.md, listing.md, design.svg]
    writes: [review.yaml]
  polish:
    agent: editor
    when: review.findings | length > 0
    reads: [listing.md, design.svg, review.yaml]
    writes: [listing.md, design.svg, design.png]
  revalidate:
    agent: reviewer
    reads: [brief.md, research.md, listing.md, design.svg]
    writes: [recheck.yaml]
    gate: [findings: {file: recheck.yaml, critical: 0, major: 0}]
    on_fail: {goto: polish, rounds: 3}
  approve:
    approve: {by: owner, when: params.review == "person"}
  publish:
    publish: {to: storefront, files: [listing.md, design.png]}
"""

STOCK = Shape(
    "stock",
    _STOCK_STEPS,
    _SOURCES,
    params={"draft": ("tone",)},
    said={"review": "person", "tone": "plain"},
    found={"validate": 1},
)

DIAMOND = Shape(
    "diamond",
    """\
version: 1
steps:
  gather:
    agent: researcher
    reads: [brief.md]
    writes: [notes.md]
  left:
    agent: writer
    needs: [gather]
    reads: [notes.md]
    writes: [left.md]
  right:
    agent: designer
    needs: [gather]
    reads: [notes.md, sources/]
    writes: [right.md]
  bind:
    agent: binder
    needs: [left, right]
    reads: [left.md, right.md]
    writes: [book.md]
    on_fail: {goto: left, rounds: 2}
  approve:
    approve: {by: team}
  publish:
    publish: {to: storefront, files: [book.md]}
""",
    _SOURCES,
)

SINGLE = Shape(
    "single",
    """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [listing.md]
""",
    _SOURCES,
)

CHAIN = Shape(
    "chain",
    """\
version: 1
steps:
  outline:
    agent: writer
    reads: [brief.md]
    writes: [outline.md]
  chapter:
    agent: writer
    reads: [outline.md]
    writes: [chapter.md]
    attempts: 1
    on_fail: {goto: outline, rounds: 2}
  translate:
    agent: translator
    reads: [chapter.md]
    writes: [kapitel.md]
    attempts: 1
    on_fail: {goto: chapter, rounds: 2}
  proof:
    agent: reviewer
    reads: [kapitel.md]
    writes: [proof.yaml]
    gate: [findings: {file: proof.yaml, critical: 0}]
    on_fail: {goto: outline, rounds: 2}
""",
    _SOURCES,
)

PERSON = Shape(
    "person",
    """\
version: 1
steps:
  interview:
    agent: someone
    reads: [brief.md]
    writes: [answers.md, consent.md]
  draft:
    agent: writer
    reads: [answers.md]
    writes: [listing.md]
  publish:
    publish: {to: storefront, files: [listing.md]}
""",
    _SOURCES,
)

TWICE = Shape(
    "twice",
    """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [listing.md]
  agree:
    approve: {by: two}
  translate:
    agent: translator
    reads: [listing.md]
    writes: [angebot.md]
  sign:
    approve: {by: other}
  publish:
    publish: {to: storefront, files: [angebot.md]}
""",
    _SOURCES,
)

EVENT = Shape(
    "event",
    """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [listing.md]
  announce:
    publish: {to: wire, files: [listing.md]}
  place:
    publish: {to: storefront, files: [listing.md]}
""",
    _SOURCES,
    events=frozenset({"announce"}),
)

FOLDERS = Shape(
    "folders",
    """\
version: 1
steps:
  split:
    agent: writer
    reads: [brief.md]
    writes: [pages/]
  join:
    agent: binder
    reads: [pages/, sources/]
    writes: [book.md]
  publish:
    publish: {to: storefront, files: [book.md, pages/]}
""",
    _SOURCES,
)

ARTICLE = Shape(
    "article",
    """\
version: 1
steps:
  story:
    agent: writer
    reads: [brief.md]
    writes: [story.md]
  read:
    approve: {by: owner}
  report:
    agent: researcher
    needs: []
    reads: [brief.md, sources/]
    writes: [report.md]
  weave:
    agent: editor
    needs: [report, read]
    reads: [brief.md, story.md, report.md]
    writes: [article.md]
    on_fail: {goto: story, rounds: 2}
  publish:
    publish: {to: storefront, files: [article.md]}
""",
    _SOURCES,
)
"""A person is asked between two drafts, one of which waits for nothing."""

GATED = Shape(
    "gated",
    """\
version: 1
steps:
  draft:
    agent: writer
    reads: [brief.md]
    writes: [listing.md]
    gate_reads: [words.txt]
  judge:
    agent: reviewer
    reads: [brief.md, listing.md]
    writes: [verdict.yaml]
    gate: [review_file: verdict.yaml, findings: {file: verdict.yaml, critical: 0}]
    on_fail: {goto: draft, rounds: 2}
  polish:
    agent: editor
    reads: [listing.md]
    writes: [listing.md]
    gate_reads: [words.txt]
  approve:
    approve: {by: owner}
  publish:
    publish: {to: storefront, files: [listing.md]}
""",
    {**_SOURCES, "words.txt": "version 0\n"},
)
"""Gates that read more than the agents do, and a reviewer whose reviews may be none."""

SHAPES = (STOCK, DIAMOND, SINGLE, CHAIN, PERSON, TWICE, EVENT, FOLDERS, ARTICLE, GATED)
