"""The check `secrets`: no file that the step wrote holds a key, a token or a password. It never says the value."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from pydantic import Field

from orchestrator.content import secrets
from orchestrator.content.decoding import decode
from orchestrator.content.mistakes import Mistake, capped
from orchestrator.content.regexes import compiled
from orchestrator.gates.expressions import Expression
from orchestrator.gates.interface import Check, Material
from orchestrator.gates.reading import Bytes, FilePath, read_bytes
from orchestrator.gates.rules import Level, Rule, RuleSettings
from orchestrator.model.finding import Finding

_RULES = {
    **{form.name: Rule(f"no {form.called.partition(' ')[2]}", Level.CRITICAL) for form in secrets.FORMS},
    secrets.PASSWORD: Rule("no word such as `password` is given a value"),
    secrets.RANDOM: Rule("no word such as `key`, `secret` or `token` stands before a random-looking one"),
}


class Secrets(RuleSettings):
    """Settings of `secrets`."""

    RULES: ClassVar[Mapping[str, Rule]] = _RULES
    example: ClassVar[str] = "secrets: {allow: ['^test-']}"

    allow: tuple[Expression, ...] = Field(
        default=(), description="regular expressions (RE2); a value in which one stands is no secret"
    )
    file: FilePath | None = Field(
        default=None, description="the file to judge; left out: each file the step wrote, pictures too"
    )


def _run(material: Material, settings: Secrets) -> Iterator[Finding]:
    patterns = [compiled(pattern) for pattern in settings.allow]
    for path in [settings.file] if settings.file else material.artifacts:
        files, faults = read_bytes(material, path, ())
        yield from faults
        for file in files:
            yield from _judge(file, settings, lambda value: any(pattern.search(value) for pattern in patterns))


def _judge(file: Bytes, settings: Secrets, allowed: secrets.Allowed) -> Iterator[Finding]:
    decoded = decode(file.content)
    content = decoded.text.encode() if decoded else file.content
    found = secrets.secrets_in(content, is_text=decoded is not None, allowed=allowed)
    for mistake in capped(_mistake(secret, is_text=decoded is not None) for secret in found):
        finding = settings.finding(mistake.rule, mistake.message, file.path, mistake.line, mistake.suggestion)
        if finding:
            yield finding


def _mistake(secret: secrets.Secret, *, is_text: bool) -> Mistake:
    return Mistake(
        secret.form,
        secret.line if is_text else None,
        f"what looks like {secret.called} of {secret.length} characters stands here",
        "take it out, and revoke it; if it is no secret, write a pattern for it in `allow`, or put the rule off",
    )


CHECK = Check("secrets", "No file holds a key, a token or a password; the value is never shown.", Secrets, _run)
