"""Pictures that are drawn from what an agent wrote: a text model makes no PNG, and need not."""

from dataclasses import replace

from orchestrator.agents.interface import Answer, Request
from orchestrator.model.finding import Finding, Severity


def with_pictures(answer: Answer, request: Request) -> Answer:
    """Return the answer with the pictures that the agent's file says are drawn from its SVGs (`renders`).

    A picture that the agent made itself stays; a drawing that cannot be drawn is a critical finding.
    """
    wanted = {
        picture: drawing
        for picture, drawing in request.agent.extras.renders.items()
        if picture not in answer.files and drawing in answer.files
    }
    return _drawn(answer, wanted) if wanted else answer


def _drawn(answer: Answer, wanted: dict[str, str]) -> Answer:
    from orchestrator.content.picture import DrawingError, render  # the renderer is loaded where it draws

    files, refused = dict(answer.files), list(answer.refused)
    for picture, drawing in wanted.items():
        try:
            files[picture] = render(answer.files[drawing])
        except DrawingError as fault:
            message = f"{picture} cannot be drawn from it: {fault}"
            refused.append(Finding(severity=Severity.CRITICAL, check="renders", file=drawing, message=message))
    return replace(answer, files=files, refused=tuple(refused))
