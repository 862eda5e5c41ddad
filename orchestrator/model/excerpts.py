"""A part of a text that is too long to be shown whole, with an ellipsis where it was cut. Changes nothing else."""


def beginning(text: str, most: int) -> str:
    """Return a text, or its beginning, as at most so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def ending(text: str, most: int) -> str:
    """Return a text, or its end, as at most so many characters."""
    return text if len(text) <= most else "…" + text[1 - most :]
