"""What goes with a request beside its messages, and how many tokens the whole of it has at most. It asks nobody.

Imported late: it needs pydantic-ai.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic_ai.messages import ModelMessage, ModelResponse
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.output import OutputObjectDefinition
from pydantic_ai.tools import ToolDefinition

from orchestrator.agents.model.replies import OUTPUT
from orchestrator.agents.model.spending import figure
from orchestrator.agents.model.tools import Tool
from orchestrator.model.tokens import tokens_at_most

_AROUND = 500
"""Tokens of what a provider says by itself, of tools above all."""
_AROUND_EACH = 20
"""Tokens of what it puts around a message or a tool."""


def parameters_of(
    schema: Mapping[str, object] | None, tools: Sequence[Tool], *, is_native: bool
) -> ModelRequestParameters:
    """Return the tools of a request, and the schema that its answer is to fit: natively, or as one more tool."""
    granted = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=dict(tool.schema))
        for tool in tools
    ]
    if schema is None:
        return ModelRequestParameters(function_tools=granted)
    if is_native:
        shape = OutputObjectDefinition(json_schema=dict(schema), name="answer")
        return ModelRequestParameters(function_tools=granted, output_mode="native", output_object=shape)
    output = ToolDefinition(
        name=OUTPUT, description="Hand in the answer.", parameters_json_schema=dict(schema), kind="output"
    )
    return ModelRequestParameters(
        function_tools=granted, output_mode="tool", output_tools=[output], allow_text_output=False
    )


def most_taken_in(messages: Sequence[ModelMessage], parameters: ModelRequestParameters, most_output: int) -> int:
    """Return the most tokens that a request has for any model. No answer in it has more than it was let."""
    system = next((message.instructions for message in messages if not isinstance(message, ModelResponse)), None)
    forms = list(_forms(parameters))
    told = sum(_of_message(message, most_output) for message in messages)
    return told + _measured([system or "", *forms]) + _AROUND + _AROUND_EACH * (len(messages) + len(forms))


def _forms(parameters: ModelRequestParameters) -> Iterator[str]:
    for tool in (*parameters.function_tools, *parameters.output_tools):
        yield f"{tool.name} {tool.description} {json.dumps(tool.parameters_json_schema)}"
    if parameters.output_object is not None:
        yield json.dumps(parameters.output_object.json_schema)


def _of_message(message: ModelMessage, most_output: int) -> int:
    measured = _measured(
        str(value)
        for part in message.parts
        for name in ("content", "tool_name", "args", "tool_call_id")
        if (value := getattr(part, name, None)) is not None
    )
    if isinstance(message, ModelResponse):
        return min(measured, max(most_output, figure(message.usage.output_tokens)))
    return measured


def _measured(texts: Iterator[str] | Sequence[str]) -> int:
    return sum(map(tokens_at_most, texts))
