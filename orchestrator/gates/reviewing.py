"""What reviewers hand in, read strictly: findings, and scores whose evidence really stands in what was judged.

A review that is none is an error, never a verdict: who broke the form has said nothing, least of all that it is good.
"""

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.content.quotations import comparable
from orchestrator.documents.models import Read, read
from orchestrator.gates.interface import CannotRun, Malformed, Material
from orchestrator.gates.reading import read_texts, unix
from orchestrator.model.finding import Finding, ReviewFile, ReviewFinding, Severity
from orchestrator.model.names import shown
from orchestrator.model.patterns import matches_any
from orchestrator.model.rubric import Criterion, Rubric, Score

SHORTEST = 3
"""Characters of a quotation that bears anything out: one letter stands in every text."""
_MOST_FAULTS = 20


def read_review(
    material: Material, file: str, rubric: Rubric | None = None, of: Sequence[str] = ()
) -> Read[ReviewFile]:
    """Return a review that is well-formed, its evidence found in files that `of` names (any, where it names none).

    Raises Malformed where it is none and its step wrote it, so that the reviewer is asked again; CannotRun where
    another step's review is none.
    """
    texts, faults = read_texts(material, file)
    if not texts:
        raise _broken(material, file, faults)
    found = read(texts[0].text, file, ReviewFile)
    if found.faults or found.value is None:
        raise _broken(
            material, file, tuple(_said(file, fault.message, _line(fault), fault.hint) for fault in found.faults)
        )
    wrong = tuple(_misscored(found, found.value.scores, rubric, _Judged(material, file, of)))
    if wrong:
        raise _broken(material, file, wrong)
    return found


def read_rubric(material: Material, file: str | None) -> Rubric | None:
    """Return the rubric, None where none is asked for. Raises CannotRun where it is not there, or is none."""
    if file is None:
        return None
    if file not in material.files:
        raise CannotRun(f"the rubric {file} is not there, or not among the step's reads or gate_reads")
    texts, faults = read_texts(material, file)
    if not texts:
        raise CannotRun(f"the rubric {faults[0]}")
    found = read(texts[0].text, file, Rubric)
    if found.faults or found.value is None:
        raise CannotRun("the rubric " + "; ".join(str(fault).split("\n")[0] for fault in found.faults[:5]))
    return found.value


def low_scores(scores: Mapping[str, Score], rubric: Rubric, file: str, severity: Severity) -> Iterator[Finding]:
    """Yield a finding for each score, and for a mean, below what the rubric wants."""
    for name, criterion in rubric.criteria.items():
        given = scores.get(name)
        if given is not None and criterion.pass_ is not None and given.score < criterion.pass_:
            yield _low(name, criterion, given, rubric, file, severity)
    mean = sum(score.score for score in scores.values()) / len(scores) if scores else None
    if mean is not None and rubric.mean is not None and mean < rubric.mean:
        message = f"the mean of the scores is {mean:.2f}; at least {rubric.mean:g} is wanted"
        yield Finding(severity=severity, message=message, rule="mean", file=file)


def _low(name: str, asked: Criterion, given: Score, rubric: Rubric, file: str, severity: Severity) -> Finding:
    place = given.evidence[0].file if given.evidence else file
    message = (
        f"{name} was scored {given.score:g} of {rubric.scale[1]}; at least {asked.pass_:g} is wanted: {asked.asks}"
    )
    return Finding(severity=severity, message=message, rule=name, file=place, suggestion=given.why)


def handed_on(said: ReviewFinding, file: str) -> Finding:
    """Return a reviewer's finding as the gate says it; one without a file is about the review's own."""
    place = {"file": said.file, "line": said.line} if said.file else {"file": file}
    return Finding(severity=said.severity, message=said.message, suggestion=said.suggestion, **place)


# --- what is wrong with the scores -----------------------------------------------------------------------------------


class _Judged:
    """The files that evidence may be quoted from, each made comparable once."""

    def __init__(self, material: Material, review: str, of: Sequence[str]) -> None:
        self._material = material
        self._review = review
        self._of = of
        self._texts: dict[str, str] = {}

    def holds(self, file: str) -> bool:
        if file not in self._material.files or file in (self._review, *self._material.artifacts):
            return False
        return not self._of or matches_any(self._of, file)

    def says(self, file: str, quote: str) -> bool:
        if file not in self._texts:
            self._texts[file] = comparable(unix(self._material.files[file].decode("utf-8", "replace")))
        words = comparable(quote)
        return len(words) >= SHORTEST and words in self._texts[file]


def _misscored(
    review: Read[ReviewFile], scores: Mapping[str, Score], rubric: Rubric | None, judged: _Judged
) -> Iterator[Finding]:
    if rubric is None:
        # Without a rubric nobody asked for scores; what they would mean is unknown.
        for name in scores:
            line = review.place("scores", name, at_key=True).line
            yield _said(review.path, f"{shown(name)} is scored, and no rubric asks for it", line, "leave out scores")
        return
    for name in rubric.criteria:
        if name not in scores:
            line = review.place("scores").line
            yield _said(
                review.path, f"the criterion {name} is not scored", line, f"add it under scores: {name}: {{score: …}}"
            )
    for name, score in scores.items():
        if name not in rubric.criteria:
            line = review.place("scores", name, at_key=True).line
            known = ", ".join(rubric.criteria)
            yield _said(review.path, f"{shown(name)} is no criterion of the rubric", line, f"criteria: {known}")
        else:
            yield from _out_of_scale(review, name, score, rubric)
            yield from _too_little(review, name, score, rubric.criteria[name])
            yield from _unfounded(review, name, score, judged)


def _out_of_scale(review: Read[ReviewFile], name: str, score: Score, rubric: Rubric) -> Iterator[Finding]:
    low, high = rubric.scale
    if not low <= score.score <= high:
        line = review.place("scores", name, "score").line
        yield _said(review.path, f"{name} is scored {score.score:g}", line, f"scores go from {low} to {high}")


def _too_little(review: Read[ReviewFile], name: str, score: Score, criterion: Criterion) -> Iterator[Finding]:
    if len(score.evidence) < criterion.evidence:
        line = review.place("scores", name).line
        message = f"{name} has {len(score.evidence)} quotations as evidence; at least {criterion.evidence} are wanted"
        yield _said(review.path, message, line, "quote the words of the artifact that bear the score out")


def _unfounded(review: Read[ReviewFile], name: str, score: Score, judged: _Judged) -> Iterator[Finding]:
    for index, each in enumerate(score.evidence):
        where = ("scores", name, "evidence", index)
        if not judged.holds(each.file):
            line = review.place(*where, "file").line
            yield _said(review.path, f"evidence stands in {shown(each.file)}, which was not to be judged", line, None)
        elif not judged.says(each.file, each.quote):
            line = review.place(*where, "quote").line
            message = f"{shown(each.quote)} does not stand in {each.file}"
            yield _said(review.path, message, line, "quote it word for word")


# --- how a broken review is told -------------------------------------------------------------------------------------


def _broken(material: Material, file: str, faults: tuple[Finding, ...]) -> CannotRun:
    first = str(faults[0]) if faults else f"{file}: this is no review"
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    if file in material.artifacts:
        return Malformed(f"{first}{more}", faults[:_MOST_FAULTS])
    return CannotRun(f"{first}{more}")


def _line(fault: object) -> int | None:
    place = getattr(fault, "place", None)
    return place.line if place else None


def _said(file: str, message: str, line: int | None, hint: str | None) -> Finding:
    return Finding(severity=Severity.CRITICAL, message=message, file=file, line=line, suggestion=hint)
