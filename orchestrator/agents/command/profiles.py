"""The profiles that come with the orchestrator, by name."""

from collections.abc import Mapping

from orchestrator.agents.command.aider import AIDER
from orchestrator.agents.command.claude import CLAUDE
from orchestrator.agents.command.codex import CODEX
from orchestrator.agents.command.gemini import GEMINI
from orchestrator.agents.command.opencode import OPENCODE
from orchestrator.agents.command.plain import LLM, SCRIPT, TEXT
from orchestrator.agents.command.profile import Profile

DEFAULT = SCRIPT.name

PROFILES: Mapping[str, Profile] = {
    profile.name: profile for profile in (SCRIPT, TEXT, LLM, CLAUDE, CODEX, GEMINI, AIDER, OPENCODE)
}
