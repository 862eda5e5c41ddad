"""The check `secrets`: no file that the step wrote holds a key, a token or a password. It never says the value."""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from orchestrator.content import secrets
from orchestrator.content.decoding import decode
from orchestrator.content.regexes import compiled
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import Bytes, FilePath, read_bytes
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

ANY_FILE = ("",)
"""What every path ends in."""


def _compiles(pattern: str) -> str:
    compiled(pattern)
    return pattern


_RULES = {
    **{form.name: Rule(f"{form.called} stands nowhere", Level.CRITICAL) for form in secrets.FORMS},
    secrets.PASSWORD: Rule("no word such as `password` is given a value"),
    secrets.RANDOM: Rule("no word such as `key`, `secret` or `token` stands before a random-looking one", Level.MINOR),
}


class Secrets(RuleSettings):
    """Settings of `secrets`."""

    RULES: ClassVar[Mapping[str, Rule]] = _RULES
    example: ClassVar[str] = "secrets: {allow: ['^test-']}"

    allow: tuple[Annotated[str, AfterValidator(_compiles)], ...] = Field(
        default=(), description="regular expressions (RE2); a value in which one stands is no secret"
    )
    file: FilePath | None = Field(
        default=None, description="the file to judge; left out: each file the step wrote, pictures too"
    )


def _run(material: Material, settings: Secrets) -> Iterator[Finding]:
    files, faults = read_bytes(material, settings.file, ANY_FILE)
    yield from faults
    for file in files:
        yield from _judge(file, settings)


def _judge(file: Bytes, settings: Secrets) -> Iterator[Finding]:
    decoded = decode(file.content)
    content = decoded.text.encode() if decoded else file.content
    allowed = [compiled(pattern) for pattern in settings.allow]
    found = secrets.secrets_in(
        content, is_text=decoded is not None, allowed=lambda value: any(pattern.search(value) for pattern in allowed)
    )
    for secret in found:
        finding = settings.finding(
            secret.form,
            f"what looks like {secret.called} of {secret.length} characters stands here",
            file.path,
            secret.line if decoded else None,
            "take it out, and revoke it; if it is no secret, name its form in `allow`",
        )
        if finding:
            yield finding


CHECK = Check("secrets", "No file holds a key, a token or a password; the value is never shown.", Secrets, _run)
