"""`schema`: JSON Schema of each kind of file, for editors and other people's tools."""

import click

from orchestrator.cli.group import command
from orchestrator.cli.output import out, out_json, table
from orchestrator.documents.schema import KINDS


@command(
    "schema",
    [
        ("orchestrator schema", "the kinds there are"),
        ("orchestrator schema pipeline", "one, as JSON Schema (draft-07)"),
    ],
)
@click.argument("kind", required=False, type=click.Choice(list(KINDS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document: all kinds, where none is named.")
def schema_command(kind: str | None, as_json: bool) -> None:
    """Print the JSON Schema of a kind of file. `init` puts them into .schemas/, where the starter files point to."""
    from orchestrator.documents.schema import FILES, schema

    if kind is not None:
        out_json(schema(kind, _checks()))
    elif as_json:
        checks = _checks()
        out_json({each: schema(each, checks) for each in KINDS})
    else:
        for text in table([[each, FILES[each]] for each in KINDS]):
            out(text)


def _checks() -> dict[str, dict[str, object]]:
    from orchestrator import gates

    return {name: gates.schema(name) for name in gates.names()}
