"""What a model's messages hold, read from pydantic-ai's. Imported late: it needs pydantic-ai. It asks nobody."""

from collections.abc import Mapping

from pydantic_ai.messages import (
    ModelMessage,
    ModelResponse,
    ModelResponseStreamEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    ToolCallPart,
)
from pydantic_ai.usage import RequestUsage

from orchestrator.agents.model.forms import Misfit
from orchestrator.agents.model.spending import Tokens, told

OUTPUT = "final_result"
"""The tool by which a model hands structured output in, where it cannot be had otherwise."""


def text_of(response: ModelResponse) -> str:
    """Return what a model says, its thoughts left out."""
    return "".join(part.content for part in response.parts if isinstance(part, TextPart))


def calls_of(response: ModelResponse) -> list[ToolCallPart]:
    """Return the tools that it calls, the one for its output too."""
    return [part for part in response.parts if isinstance(part, ToolCallPart)]


def output_of(response: ModelResponse) -> ToolCallPart | None:
    """Return the call that hands structured output in, None where there is none."""
    return next((call for call in calls_of(response) if call.tool_name == OUTPUT), None)


def arguments_of(call: ToolCallPart) -> Mapping[str, object]:
    """Return the arguments of a call. Raises Misfit where they are no JSON object."""
    try:
        return call.args_as_dict(raise_if_invalid=True)
    except (ValueError, AssertionError) as exc:
        raise Misfit("the arguments are no JSON object") from exc


def growth_of(event: ModelResponseStreamEvent) -> int:
    """Return how many characters an event of a stream brings."""
    if isinstance(event, PartStartEvent):
        return _longest(event.part, ("content", "args"))
    return _longest(event.delta, ("content_delta", "args_delta")) if isinstance(event, PartDeltaEvent) else 0


def _longest(part: object, names: tuple[str, ...]) -> int:
    return max(len(str(getattr(part, name, None) or "")) for name in names)


def used_of(usage: RequestUsage) -> Tokens:
    """Return the tokens that a provider reports, as far as they are figures."""
    return told(usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens)


def length_of(message: ModelMessage) -> int:
    """Return how many characters a message has, about."""
    if isinstance(message, ModelResponse):
        return len(text_of(message)) + sum(len(call.args_as_json_str()) for call in calls_of(message))
    return len(message.instructions or "") + sum(len(str(getattr(part, "content", ""))) for part in message.parts)
