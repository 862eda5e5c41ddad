"""CrewAI's texts, in which `{topic}` stands for an input, made templates of ours. All else in them is inert text.

CrewAI fills in `{name}` where the name is letters, digits, `_` and `-`, and leaves any other brace as it is
(crewai.utilities.string_utils.interpolate_only).
"""

import re

_INPUT = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")
_BRACE = re.compile(r"\{(?=[{%#]|\Z)")
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_METHODS = frozenset(dir(dict))


def inputs(text: str) -> tuple[str, ...]:
    """Return the inputs that a text names, in the order in which they come."""
    return tuple(dict.fromkeys(_INPUT.findall(text)))


def templated(text: str) -> str:
    """Return a template that gives the text as it is, its inputs filled in from `params`."""
    parts = _INPUT.split(text)
    return "".join(_value(part) if at % 2 else _inert(part) for at, part in enumerate(parts))


def _inert(text: str) -> str:
    """Return a text with each brace that could open something of a template written as a value."""
    return _BRACE.sub('{{ "{" }}', text)


def _value(name: str) -> str:
    is_plain = _PLAIN_NAME.fullmatch(name) and name not in _METHODS
    return f"{{{{ params.{name} }}}}" if is_plain else f'{{{{ params["{name}"] }}}}'
