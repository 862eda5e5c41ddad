"""What a run of mutants came to: as lines for the terminal, and as a page of the docs. Pure."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from mutation_judging import Judged
from mutation_sites import Mutation
from mutation_targets import ROOT

GOAL = 90
"""Percent of the mutants that the tests must see."""

COMMAND = "make mutants"

_INTRODUCTION = f"""\
# Mutation of the checks

A test that stays green whatever the code does shows nothing. So each check is changed on purpose, in one place at a
time: a `<` becomes `<=` and then `>=`, `==` becomes `!=`, `in` becomes `not in`, `is` becomes `is not`, `and` becomes
`or`, a `not` is left out. Each time the tests of that check, and no others, are run on the changed code. One of them
must turn red; a mutant that runs into its time limit counts as seen, and stands in a column of its own.

```sh
{COMMAND}                      # all of it; it fails below {GOAL} %
{COMMAND} ONLY="words lines"   # two of the checks
```

Changed are the files of `orchestrator/gates/checks/`, and beside them those of `orchestrator/gates/` that all checks
lean on. Where a check leaves its work to a module of `orchestrator/content/`, that module is not changed here, and has
tests of its own; `tests/mutation/mutants.py --module FILE --tests FILE…` does the same with any module.

This page is written by `tests/mutation/mutants.py --write docs/mutation.md`; no figure is typed by hand.
"""


def score(results: Iterable[Judged]) -> float | None:
    """Return the percentage of mutants that the tests saw, None where there was no mutant."""
    found = list(results)
    mutants = sum(each.mutants for each in found)
    return 100 * sum(each.seen for each in found) / mutants if mutants else None


def is_enough(results: Sequence[Judged]) -> bool:
    """Say whether all modules could be judged and the goal is reached."""
    reached = score(results)
    return not any(each.fault for each in results) and (reached is None or reached >= GOAL)


def lines(judged: Judged, equivalent: Mapping[str, str]) -> Iterator[str]:
    """Yield a module as the terminal shows it: its figures, and each survivor with its place."""
    if judged.fault:
        yield f"{judged.target.name:<18} not judged: {judged.fault}"
        return
    figures = f"{judged.mutants:>4} mutants {judged.seen:>4} seen {len(judged.survivors):>3} survived"
    yield f"{judged.target.name:<18} {figures} {_percent(score([judged])):>7}" + _hung(judged)
    for each in judged.survivors:
        why = f"   ({equivalent[str(each)]})" if str(each) in equivalent else ""
        yield f"    {_place(judged)}:{each.line}: {each}{why}"
    for told in sorted({*equivalent} - {str(each) for each in judged.survivors}):
        yield f"    called equivalent, and seen or gone: {told}"


def summary(results: Sequence[Judged]) -> str:
    """Return the last line: the score of all, and whether it is enough."""
    seen, mutants = sum(each.seen for each in results), sum(each.mutants for each in results)
    verdict = "reached" if is_enough(results) else "NOT reached"
    return f"{seen} of {mutants} mutants seen: {_percent(score(results))}; the goal of {GOAL} % is {verdict}"


def page(results: Sequence[Judged], equivalents: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page of the docs."""
    return "\n".join(
        [
            _INTRODUCTION,
            "## The score",
            "",
            *textwrap.wrap(f"{summary(results)}.", width=120),
            "",
            "| module | mutants | seen | of them by the time limit | survived | score |",
            "|---|---:|---:|---:|---:|---:|",
            *map(_row, results),
            "",
            "## The survivors",
            "",
            *_survivors(results, equivalents),
        ]
    )


def _row(judged: Judged) -> str:
    name = f"`{judged.target.name}`"
    if judged.fault:
        return f"| {name} | not judged | | | | |"
    figures = (judged.mutants, judged.seen, judged.hung, len(judged.survivors), _percent(score([judged])))
    return f"| {name} | {' | '.join(map(str, figures))} |"


def _survivors(results: Sequence[Judged], equivalents: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    if not any(each.survivors for each in results):
        yield "There is none."
        return
    yield from textwrap.wrap(
        "Some change nothing that can be seen: the code with them does the same. Where that is so, it is said why; "
        "they count as survivors all the same.",
        width=120,
    )
    yield ""
    for judged in results:
        for each in judged.survivors:
            yield from _survivor(judged, each, equivalents.get(judged.target.name, {}).get(str(each)))
    yield ""


def _survivor(judged: Judged, mutation: Mutation, why: str | None) -> Iterator[str]:
    told = f"- `{_place(judged)}`, line {mutation.line}: {_code(mutation.before)} as {_code(mutation.after)}"
    yield from textwrap.wrap(told, width=118, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    if why:
        yield from textwrap.wrap(f"{why}.", width=118, initial_indent="  ", subsequent_indent="  ")


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _place(judged: Judged) -> str:
    path = judged.target.path
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def _percent(figure: float | None) -> str:
    # Cut, not rounded: 89.96 is not 90.
    return "–" if figure is None else f"{int(figure * 10) / 10:.1f} %"


def _hung(judged: Judged) -> str:
    return f"  {judged.hung} hung" if judged.hung else ""
