"""Regular expressions that a person writes in a pipeline. A wrong one is a fault of the settings, with its place."""

from typing import Annotated

from pydantic import AfterValidator

from orchestrator.content.regexes import compiled
from orchestrator.model.names import shown


def _asks_for_something(pattern: str) -> str:
    if compiled(pattern).fullmatch("") is not None:
        raise ValueError(f"the pattern {shown(pattern)} matches nothing at all, which stands everywhere")
    return pattern


Expression = Annotated[str, AfterValidator(_asks_for_something)]
"""One of RE2 (content/regexes.py) that does not match the empty text."""
