"""What a crew says with a key, and what says the same here: a hint for each key that is not carried over."""

from collections.abc import Mapping

_TOOLS = (
    "an agent has the tools of MCP servers: mcp in orchestrator.yaml, and x-orchestrator: {mcp: [NAME]} in its file"
)
_MATERIAL = "put it into the job's sources/, or into memory/, and name it in the reads of the steps"
OF_AGENTS: Mapping[str, str] = {
    "tools": _TOOLS,
    "mcps": _TOOLS,
    "apps": _TOOLS,
    "llm": "say it under models in orchestrator.yaml, and name it as model: in the agent's file",
    "function_calling_llm": "one model plays a role: model: in the agent's file",
    "allow_delegation": "no agent calls another: what comes next stands in pipeline.yaml",
    "allow_code_execution": "let a program play the role, in a sandbox: x-orchestrator: {backend: command}",
    "max_iter": "it bounds what an agent with tools does: x-orchestrator: {max_turns: 20}",
    "max_execution_time": "x-orchestrator: {timeout: SECONDS} in the agent's file, at most a day",
    "max_rpm": "it holds for a provider: providers: {NAME: {requests_per_minute: 10}} in orchestrator.yaml",
    "max_retry_limit": "attempts of a step in pipeline.yaml",
    "knowledge_sources": _MATERIAL,
    "inject_date": "no prompt has a clock: make the day a param, and set it with --set",
    "system_template": "what an agent is told stands in its file",
    "prompt_template": "what an agent is told for a step stands in the step's prompt",
    "response_template": "what an agent is told for a step stands in the step's prompt",
    "guardrail": "say it as a check of the gate in pipeline.yaml, or as a rubric that a reviewer scores",
    "multimodal": "x-orchestrator: {capabilities: [vision]}, and a model that says the same",
}
"""Key of an agent → what to do instead."""
OF_TASKS: Mapping[str, str] = {
    "tools": _TOOLS,
    "async_execution": "the steps of a job run one after another; let `needs` in pipeline.yaml say what waits for what",
    "output_json": "what the class says as JSON Schema: gate: - schema: … in pipeline.yaml",
    "output_pydantic": "what the class says as JSON Schema: gate: - schema: … in pipeline.yaml",
    "guardrail": "say it as a check of the gate in pipeline.yaml, or as a rubric that a reviewer scores",
    "guardrails": "say it as checks of the gate in pipeline.yaml, or as a rubric that a reviewer scores",
    "callback": "a step may call what the settings name: a python agent, or the check `callable`",
    "callbacks": "a step may call what the settings name: a python agent, or the check `callable`",
    "input_files": _MATERIAL,
}
"""Key of a task → what to do instead."""
