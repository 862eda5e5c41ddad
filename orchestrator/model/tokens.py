"""How many tokens a text has at most, for any model: a bound for budgets, and no guess at the bill. Pure."""

import re

_PAIRED = re.compile(r"[A-Za-z ]")


def tokens_at_most(text: str) -> int:
    """Return the most tokens that the text has for the tokenizers in use.

    They are made of bytes. Of runs of letters none makes a token of fewer than two bytes on average (English prose has
    four and more to a token); figures, punctuation and what is not ASCII may have a token for each byte.
    """
    letters = len(_PAIRED.findall(text)) if text else 0
    return len(text.encode("utf-8", "surrogatepass")) - letters + (letters + 1) // 2
