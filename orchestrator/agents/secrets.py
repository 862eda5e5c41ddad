"""The forms of secrets, which stand in `content.secrets`, by the name that agents know. Holds none of its own."""

from orchestrator.content.secrets import secret_in as secret_in
