"""The python backend: what a callable is called with, what is taken of it, and what it may not get away with."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import FrozenInstanceError

import pytest

from orchestrator.agents.callable import MOST_FILES, CallableBackend, Task
from orchestrator.agents.interface import Answer, Request
from orchestrator.model.action import Basis, Fault, Route, Trouble, Usage
from orchestrator.model.agent import Agent, AgentExtras
from orchestrator.model.finding import Finding, Severity
from orchestrator.model.outside import CannotRun

FINDING = Finding(severity=Severity.MAJOR, message="is long")


def request(*, files: Mapping[str, bytes] | None = None, reserved: float = 0.0, timeout: int = 300) -> Request:
    return Request(
        job="mug",
        title="Mug",
        step="draft",
        attempt=2,
        agent=Agent(name="tidier", system="You tidy.", **{"x-orchestrator": AgentExtras(timeout=timeout)}),
        prompt="Tidy the listing.",
        route=Route("python", "it says so", reserved),
        writes=("listing.md",),
        files=files or {"brief.md": b"A mug.\n"},
        params={"voice": "calm"},
        findings=(FINDING,),
        failed={"listing.md": b"bad\n"},
    )


def played(function: Callable[..., object], asked: Request | None = None) -> Answer | Fault:
    return CallableBackend("tidy", lambda _: function).run(asked or request())


def why(function: Callable[..., object]) -> str:
    """Return why a callable did not do its work, the same again being of no use."""
    found = played(function)
    assert isinstance(found, Fault), found
    assert (found.trouble, found.is_transient, found.agent, found.backend) == (Trouble.WORK, False, "tidier", "python")
    return found.message


def test_texts_and_bytes_that_it_returns_are_the_files() -> None:
    found = played(lambda task: {"listing.md": "# Müg\n", "design.png": b"\x89"})
    assert found == Answer({"listing.md": "# Müg\n".encode(), "design.png": b"\x89"}, Usage(), "returned")


def test_it_is_called_with_all_that_the_step_may_know() -> None:
    told: list[Task] = []

    def tidy(task: Task) -> Mapping[str, str]:
        told.append(task)
        return {"listing.md": "x"}

    played(tidy)
    assert told == [
        Task(
            job="mug",
            title="Mug",
            step="draft",
            attempt=2,
            system="You tidy.",
            prompt="Tidy the listing.",
            writes=("listing.md",),
            files={"brief.md": b"A mug.\n"},
            params={"voice": "calm"},
            findings=(FINDING,),
            failed={"listing.md": b"bad\n"},
        )
    ]


def test_it_can_change_nothing_of_that() -> None:
    def meddle(task: Task) -> Mapping[str, str]:
        with pytest.raises(FrozenInstanceError):
            task.step = "other"  # type: ignore[misc]
        with pytest.raises(TypeError):
            task.files["brief.md"] = b"mine"  # type: ignore[index]
        return {"listing.md": "x"}

    assert isinstance(played(meddle), Answer)


def test_what_the_step_reads_and_writes_may_be_left_as_it_is() -> None:
    found = played(lambda task: {}, request(files={"listing.md": b"# Mug\n"}))
    assert found == Answer({}, Usage(), "returned")


def test_what_was_kept_back_for_it_is_booked_as_unknown() -> None:
    found = played(lambda task: {"listing.md": "x"}, request(reserved=0.5))
    assert found.usage == Usage(cost_usd=0.5, basis=Basis.UNKNOWN)


class Endless(dict[str, str]):
    def items(self) -> Iterator[tuple[str, str]]:  # type: ignore[override]
        number = 0
        while True:
            number += 1
            yield f"{number}.md", "x"


class Stop(BaseException):
    pass


class Mute(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def raising(exc: BaseException) -> Callable[..., object]:
    def broken(task: Task) -> object:
        raise exc

    return broken


async def later(task: Task) -> Mapping[str, str]:
    return {"listing.md": "x"}


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda task: None, "tidy returned a NoneType; a mapping of paths to texts or bytes is wanted"),
        (lambda task: "# Mug", "tidy returned a str; a mapping of paths to texts or bytes is wanted"),
        (lambda task: [("listing.md", "x")], "tidy returned a list; a mapping of paths to texts or bytes is wanted"),
        (later, "tidy returned a coroutine; a mapping of paths to texts or bytes is wanted"),
        (lambda task: {7: "x"}, "tidy returned a int where a path is wanted"),
        (lambda task: {"listing.md": 7}, "tidy returned a int for 'listing.md'; a text or bytes are wanted"),
        (lambda task: {"a\x1b[2J": None}, "tidy returned a NoneType for 'a\\x1b[2J'; a text or bytes are wanted"),
        (lambda task: {}, "tidy returned no file, and the step writes listing.md"),
        (lambda task: Endless(), f"tidy returned more than {MOST_FILES:,} files"),
        (lambda task: {"listing.md": "\ud800"}, "tidy broke: UnicodeEncodeError: 'utf-8' codec can't encode character"),
        (dict, "tidy broke: TypeError: "),
        (raising(ValueError("too\n\x1b[31mmany")), "tidy broke: ValueError: too many"),
        (raising(SystemExit(3)), "tidy broke: SystemExit: 3"),
        (raising(KeyboardInterrupt()), "tidy broke: KeyboardInterrupt"),
        (raising(asyncio.CancelledError()), "tidy broke: asyncio.exceptions.CancelledError"),
        (raising(GeneratorExit()), "tidy broke: GeneratorExit"),
        (raising(Stop("x")), "Stop: x"),
        (raising(Mute()), "<exception str() failed>"),
        (raising(RuntimeError("x" * 9_000)), "x" * 200 + "…"),
    ],
)
def test_whatever_else_it_returns_or_raises_is_a_fault(function: Callable[..., object], message: str) -> None:
    assert message in why(function)
    assert len(why(function)) <= 300


@pytest.mark.parametrize("exc", [asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(1), Stop()])
def test_what_no_program_catches_is_told_on_no_stderr(exc: BaseException, capfd: pytest.CaptureFixture[str]) -> None:
    played(raising(exc))
    assert capfd.readouterr() == ("", "")


def test_a_callable_that_never_returns_is_given_up_and_may_go_well_another_time() -> None:
    go_on = threading.Event()
    found = played(lambda task: go_on.wait(30), request(timeout=1))
    go_on.set()
    assert isinstance(found, Fault)
    assert (found.message, found.trouble, found.is_transient) == ("tidy took more than 1 s", Trouble.OUTAGE, True)


def test_a_callable_that_is_not_there_is_denied() -> None:
    def load(name: str) -> Callable[..., object]:
        raise CannotRun(f"no callable {name!r} in orchestrator.yaml on the base; callables: neat")

    found = CallableBackend("tidy", load).run(request(reserved=0.5))
    assert isinstance(found, Fault)
    assert found.message == "no callable 'tidy' in orchestrator.yaml on the base; callables: neat"
    assert (found.trouble, found.is_transient, found.usage) == (Trouble.DENIED, False, Usage())
