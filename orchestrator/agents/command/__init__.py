"""Programs as agents: `claude`, `codex`, `gemini`, `aider`, `llm`, `opencode`, any script. None is run here."""

from orchestrator.agents.command.backend import CommandBackend
from orchestrator.agents.command.profiles import PROFILES

__all__ = ["PROFILES", "CommandBackend"]
