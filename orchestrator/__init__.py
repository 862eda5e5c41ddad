"""A deterministic orchestrator for AI agents whose whole state is Markdown and YAML files in git."""

__version__ = "0.1.0"
