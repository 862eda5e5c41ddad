"""What was told and said in an attempt, as JSON lines for people. It is never committed."""

import json
from dataclasses import dataclass, field


@dataclass(slots=True)
class Transcript:
    """Lines, in order."""

    lines: list[dict[str, object]] = field(default_factory=list)

    def note(self, **fields: object) -> None:
        """Add a line; what is empty is left out."""
        self.lines.append({key: value for key, value in fields.items() if value not in ("", None, [], {})})

    def text(self) -> str:
        """Return the lines, each a JSON object."""
        return "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in self.lines)
