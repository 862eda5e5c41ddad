"""Programs as agents: `claude`, `codex`, `gemini`, `aider`, `llm`, `opencode`, any script. None is run here."""
