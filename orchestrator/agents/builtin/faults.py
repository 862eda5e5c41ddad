"""What a builtin agent says when it cannot do its work."""


class CannotWork(Exception):
    """The agent has not what it needs. The text names the file and the cause, and what would mend it."""
