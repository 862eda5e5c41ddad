"""`check`: a gate on files, outside any job: for people, and in the forms that forges and CI systems read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.call import Call
from orchestrator.cli.group import command
from orchestrator.cli.output import bold, colored, count, hint, line, out_prose, plain, tell
from orchestrator.cli.session import json_option
from orchestrator.errors import Place, UsageError, WorkspaceError

if TYPE_CHECKING:
    from orchestrator.documents.reports import Report, Said
    from orchestrator.engine.folder import Folder
    from orchestrator.model.action import CheckResult
    from orchestrator.model.pipeline import CheckUse

FORMS = ("text", "json", "sarif", "junit", "github")
MOST = 50


@command(
    "check",
    [
        ("orchestrator check README.md docs --gate gate.yaml", "files, folders"),
        ("orchestrator check docs --gate gate.yaml --json", ""),
        ("orchestrator check docs --gate gate.yaml --format github", "in GitHub's CI"),
        ("orchestrator check docs --gate gate.yaml --format junit --output gate.xml", ""),
    ],
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path())
@click.option("--gate", "gate", required=True, metavar="FILE", type=click.Path(), help="The checks: `gate: [ … ]`.")
@click.option("--root", metavar="DIR", type=click.Path(), help="What paths are seen from; this folder unless said.")
@click.option("--format", "form", type=click.Choice(FORMS), help="What is printed; text unless said.")
@json_option
@click.option("--output", metavar="FILE", type=click.Path(), help="Write that into a file, and print the text.")
@click.option(
    "--most",
    metavar="N",
    type=click.IntRange(1),
    default=MOST,
    help="Findings shown by text and github; 50 unless said.",
)
@click.pass_obj
def check_command(
    call: Call,
    files: tuple[str, ...],
    gate: str,
    root: str | None,
    form: str | None,
    as_json: bool,
    output: str | None,
    most: int,
) -> int:
    """Run a gate on files as a step would, without a job and without a repository.

    A folder stands for all the files below it. The checks may read the other files of DIR: sources, schemas, lists,
    what links lead to. Exit code 1 where a check failed, or could not run.
    """
    chosen = _form(form, as_json)
    _refuse_to_write_over(call, files, gate, output)
    report = _judged(call, files, gate, _folder(call, root))
    if output is not None:
        _write(call.directory / output, output, _document(report, chosen, most))
    if output is not None or chosen == "text":
        _print(report, most)
    else:
        click.echo(_document(report, chosen, most), nl=False)
    return int(not report.has_passed)


def _refuse_to_write_over(call: Call, files: tuple[str, ...], gate: str, output: str | None) -> None:
    if "" in files:
        raise UsageError("a FILE is named '', which is nothing", hint="a shell variable may be empty; . is this folder")
    target = (call.directory / output).resolve() if output else None
    for each in (gate, *files):
        if target is not None and target == (call.directory / each).resolve():
            raise UsageError(f"--output {output} would write over {each}", hint="name another file for the report")


def _form(said: str | None, as_json: bool) -> str:
    if as_json and said not in (None, "json"):
        raise UsageError(f"--json and --format {said} are two forms", hint="give one of them")
    return "json" if as_json else said or "text"


def _folder(call: Call, root: str | None) -> Folder:
    from orchestrator.engine.folder import Folder

    found = call.directory / (root or "")
    if not found.is_dir():
        raise UsageError(f"--root: there is no folder {found}", hint="name the folder that paths are seen from")
    return Folder(found)


def _judged(call: Call, files: tuple[str, ...], gate: str, folder: Folder) -> Report:
    from orchestrator import gates
    from orchestrator.documents.reports import Judged, Report
    from orchestrator.wiring import granted_here

    uses = _uses(call, gate)
    chosen = folder.choose(files, call.directory)
    for path, why in chosen.left_out.items():
        tell(f"{line(path)}: not judged: it {why}")
    with granted_here(call.directory, environ=call.environ) as outside:
        results = gates.judge(uses, gates.Material(folder, chosen.paths, outside=outside))
    return Report(
        gate=folder.name(gate, call.directory) or gate,
        files=chosen.paths,
        judged=tuple(Judged(use.name, result) for use, result in zip(uses, results, strict=True)),
        rules={rule: summary for use in uses for rule, summary in _rules(use.name)},
    )


def _rules(name: str) -> Iterator[tuple[str, str]]:
    from orchestrator import gates
    from orchestrator.gates.rules import RuleSettings

    check = gates.find(name)
    if check is None:
        return
    yield name, check.summary
    if issubclass(check.settings, RuleSettings):
        yield from ((f"{name}/{rule}", asked.summary) for rule, asked in check.settings.RULES.items())


def _uses(call: Call, gate: str) -> tuple[CheckUse, ...]:
    from orchestrator import gates
    from orchestrator.documents.gate_files import parse_gate

    checks = {name: gates.settings_faults(name) for name in gates.names()}
    return parse_gate(_read(call.directory / gate, gate), gate, checks)


def _read(path: Path, said: str) -> bytes:
    from orchestrator.documents.text import MOST_BYTES

    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        raise WorkspaceError(
            f"the gate file cannot be read: {reason}", place=Place(said), hint="--gate names a file `gate: [ … ]`"
        ) from exc


def _write(path: Path, said: str, text: str) -> None:
    try:
        path.write_text(text, "utf-8", errors="replace")
    except OSError as exc:
        reason = (exc.strerror or str(exc)).lower()
        hint = "--output names a file in a folder that can be written"
        raise WorkspaceError(f"the report cannot be written: {reason}", place=Place(said), hint=hint) from exc


def _document(report: Report, form: str, most: int) -> str:
    """Return what the form says, with a line end behind it."""
    match form:
        case "json":
            from orchestrator.documents import reports

            return _json(reports.document(report))
        case "sarif":
            from orchestrator.documents.reports.sarif import sarif

            return _json(sarif(report))
        case "junit":
            from orchestrator.documents.reports.junit import junit

            return junit(_harmless(report))
        case "github":
            from orchestrator.documents.reports.annotations import annotations

            return "".join(f"{each}\n" for each in annotations(_harmless(report), most))
        case _:
            return "".join(f"{click.unstyle(each)}\n" for each in [*_lines(report, most), *_sum(report, most)])


def _json(document: object) -> str:
    """Return the document as text in which nothing steers a terminal: such characters stand as escapes."""
    import json

    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return re.sub(r"[^\n -~]", lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)


def _harmless(report: Report) -> Report:
    """Return the report for those who put its texts on a screen as they are."""
    judged = tuple(replace(each, result=_cleaned(each.result)) for each in report.judged)
    return replace(report, gate=plain(report.gate), files=tuple(map(plain, report.files)), judged=judged)


def _cleaned(result: CheckResult) -> CheckResult:
    keys = ("message", "suggestion", "file")
    found = (
        (finding, {key: plain(text) for key in keys if (text := getattr(finding, key))}) for finding in result.findings
    )
    return replace(result, findings=tuple(finding.model_copy(update=said) for finding, said in found))


def _print(report: Report, most: int) -> None:
    for text in _lines(report, most):
        out_prose(text)
    for text in _sum(report, most):
        tell(text)


def _lines(report: Report, most: int) -> Iterator[str]:
    from orchestrator.documents.reports import findings, worst

    for said in worst(findings(report), most):
        finding = said.finding
        place = line(":".join(str(part) for part in (finding.file, finding.line) if part is not None))
        word = "error" if said.is_error else finding.severity.value
        yield f"{bold(place) + ': ' if place else ''}{colored(f'{word}:', word)} {_name(said)}: {line(finding.message)}"
        if finding.suggestion:
            yield f"  {hint(line(finding.suggestion))}"


def _name(said: Said) -> str:
    rule = said.finding.rule
    return line(f"{said.judged.result.name}/{rule}" if rule else said.judged.result.name)


def _sum(report: Report, most: int) -> Iterator[str]:
    verdicts = [each.result.verdict.value for each in report.judged]
    told = {"passed": "pass", "failed": "fail", "could not run": "error"}
    counts = [f"{number} {words}" for words, verdict in told.items() if (number := verdicts.count(verdict))]
    found = sum(len(each.result.findings) for each in report.judged)
    if found > most:
        yield f"the worst {most} are shown; --most {found} shows all"
    yield f"{count(len(verdicts), 'check')}: {', '.join(counts)}; {count(found, 'finding') if found else 'no findings'}"
