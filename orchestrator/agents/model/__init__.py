"""The model backend: a role is played by a model that a provider serves. No SDK is imported before the first call."""

from orchestrator.agents.model.backend import ModelBackend

__all__ = ["ModelBackend"]
