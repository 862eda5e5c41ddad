"""The common forms of secrets. Says which form it is, and never shows the value.

The forms are those that their issuers document (a fixed prefix, a fixed alphabet and length), so that prose is not
taken for one.
"""

import re

_FORMS = {
    "a private key": rb"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
    "an AWS access key id": rb"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "a GitHub token": rb"\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{60,255}\b",
    "a GitLab token": rb"\bgl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,64}",
    "an Anthropic API key": rb"\bsk-ant-[A-Za-z0-9_-]{24,200}",
    "an OpenAI API key": rb"\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{40,200}\b|\bsk-[A-Za-z0-9]{32,64}\b",
    "a Google API key": rb"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])",
    "a Slack token": rb"\bxox[abeoprs]-[A-Za-z0-9-]{10,250}",
    "a Slack webhook": rb"\bhooks\.slack\.com/services/T[A-Za-z0-9_]{6,20}/B[A-Za-z0-9_]{6,20}/[A-Za-z0-9_]{16,40}",
    "a Stripe key": rb"\b[rs]k_(?:live|test)_[A-Za-z0-9]{20,250}\b",
    "a SendGrid key": rb"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
    "an npm token": rb"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": rb"\bpypi-AgE[A-Za-z0-9_-]{50,500}",
    "a Hugging Face token": rb"\bhf_[A-Za-z0-9]{34,64}\b",
    "a JSON web token": rb"\beyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,2000}",
    "a password in an address": rb"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"<>]{1,100}:[^\s/@'\"<>]{6,200}@[A-Za-z0-9.-]{3,250}",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _FORMS.items()}


def secret_in(content: bytes) -> str | None:
    """Return the name of the first form of secret that stands in the content, or None."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(content)), None)
