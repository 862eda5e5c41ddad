"""The examples of docs/errors.md: bad input of each kind, put into a fresh workspace, and what is said to it."""

import difflib
import io
import shlex
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli import entry

TEMPLATE = "jobs/templates/product-listing"
PIPELINE = f"{TEMPLATE}/pipeline.yaml"


@dataclass(frozen=True)
class Example:
    """A mistake in a file: what stood there, and what stands there now. `old` empty: the whole file."""

    title: str
    path: str
    old: str
    new: str


EXAMPLES = (
    Example("An unknown key", PIPELINE, "    writes: [listing.md]", "    wrtes: [listing.md]"),
    Example("A key that is missing", PIPELINE, "{to: storefront, files:", "{files:"),
    Example("A value of another kind", PIPELINE, "files: [listing.md, design.png]", "files: listing.md"),
    Example("Broken YAML", PIPELINE, "    reads: [brief.md, research.md]\n", "    reads: [brief.md, research.md\n"),
    Example("A text that wants quotes", f"{TEMPLATE}/job.yaml", "title: ", "title: Mugs: "),
    Example(
        "A merge that was not finished",
        PIPELINE,
        "    attempts: 3\n",
        "<<<<<<< HEAD\n    attempts: 3\n=======\n    attempts: 4\n>>>>>>> theirs\n",
    ),
    Example("An anchor", f"{TEMPLATE}/job.yaml", "", "version: 1\ntitle: &a x\nlabels: [*a, *a]\n"),
    Example("A file that no step writes", PIPELINE, "reads: [brief.md, listing.md]", "reads: [brief.md, listng.md]"),
    Example("Steps in a circle", PIPELINE, "    agent: researcher", "    needs: [draft]\n    agent: researcher"),
    Example("A goto forward", PIPELINE, "goto: polish", "goto: publish"),
    Example("An agent that is not there", PIPELINE, "agent: writer", "agent: writr"),
    Example("A check that is not there", PIPELINE, "- words: {min: 150}", "- wrods: {min: 150}"),
    Example("A condition that does not hold together", PIPELINE, "review.findings | length > 0", "revue.findings > 0"),
    Example("A prompt that names what is not there", "prompts/draft.md.j2", "{{ title }}", "{{ titel }}"),
    Example("A prompt with a slip", "prompts/draft.md.j2", "", "Write {% for x in %}\n"),
)
CALLS = (
    "orchestrator status mgu",
    "orchestrator status mgu --json",
    "orchestrator new product-listing Blue_Mug",
    "orchestrator run --al",
)


def record(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return block → what stands in it, from real calls in a workspace made in `folder`."""
    _ran("orchestrator init", folder, environ)
    _ran("orchestrator new product-listing mug", folder, environ)
    forms = [f"$ {call}\n{_ran(call, folder, environ)}" for call in CALLS]
    examples = [_told(example, folder, environ) for example in EXAMPLES]
    return {"an error and its forms": _block(forms), "examples": "\n\n".join(examples)}


def _told(example: Example, folder: Path, environ: Mapping[str, str]) -> str:
    file = folder / example.path
    text = file.read_text()
    assert example.old in text
    file.write_text(text.replace(example.old, example.new, 1) if example.old else example.new)
    said = _ran("orchestrator lint", folder, environ)
    file.write_text(text)
    return f"### {example.title}\n\n```diff\n{_change(example, text)}\n```\n\n```text\n{said.rstrip()}\n```"


def _change(example: Example, text: str) -> str:
    """Return the lines that changed; of a file that was written anew, what stands in it now."""
    if not example.old:
        return "\n".join(f"+{line}" for line in example.new.rstrip("\n").split("\n"))
    after = text.replace(example.old, example.new, 1)
    told = difflib.unified_diff(text.split("\n"), after.split("\n"), n=0, lineterm="")
    return "\n".join(line for line in told if not line.startswith(("---", "+++", "@@")))


def _ran(command: str, folder: Path, environ: Mapping[str, str]) -> str:
    """Call the program in this process, and return what it printed, stdout and stderr together."""
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with redirect_stdout(said), redirect_stderr(said):
        entry.run(["orchestrator", "-C", str(folder), *shlex.split(command)[1:]], environ)
    said.seek(0)
    return said.read()


def _block(parts: list[str]) -> str:
    return f"```console\n{''.join(parts).rstrip()}\n```"
