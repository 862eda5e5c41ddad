"""Programs of which nothing is known, filters whose output is the file, and `llm`, which is one of those."""

import re

from orchestrator.agents.command.output import Printed, count
from orchestrator.agents.command.profile import Heard, Option, Profile

_USAGE = re.compile(r"^Token usage: (?:([\d,]{1,20}) input)?(?:, )?(?:([\d,]{1,20}) output)?", re.MULTILINE)


def _read_llm(printed: Printed) -> Heard:
    """`llm -u` writes its figures to stderr: `Token usage: 1,234 input, 56 output`."""
    lines = _USAGE.findall(printed.stderr.decode("utf-8", "replace"))
    tokens_in, tokens_out = lines[-1] if lines else ("", "")
    return Heard(
        text=printed.stdout.decode("utf-8", "replace"), tokens_in=_tokens(tokens_in), tokens_out=_tokens(tokens_out)
    )


def _tokens(text: str) -> int | None:
    digits = text.replace(",", "")
    return count(int(digits)) if digits else None


def _read_text(printed: Printed) -> Heard:
    return Heard(text=printed.stdout.decode("utf-8", "replace"))


SCRIPT = Profile(name="script", plays="any program or script", is_agent=False, is_offline=True)

TEXT = Profile(
    name="text",
    plays="a filter: a text in, a text out",
    is_agent=False,
    is_answer=True,
    is_offline=True,
    read=_read_text,
)

LLM = Profile(
    name="llm",
    plays="llm, by Simon Willison",
    install="pip install llm",
    options=(Option(("--usage", "-u")), Option(("--no-log", "-n")), Option(("--no-stream",))),
    model=("--model", "-m"),
    system=("--system", "-s"),
    is_agent=False,
    is_answer=True,
    read=_read_llm,
    figures="tokens",
)
