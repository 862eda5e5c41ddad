"""A program that begins processes, for the tests: those may have threads, and a process with threads is not forked.

It prints what the processes say, one line each, by their numbers.
"""

import errno
import os
import signal
import sys
import threading

from orchestrator.executors.processes import Channel, Failed, Processes


def say(*values: object) -> None:
    """Print a line, at once."""
    sys.stdout.write(" ".join(map(str, values)) + "\n")
    sys.stdout.flush()


def echo(number: int, channel: Channel) -> None:
    """Send back what comes, until nothing more comes."""
    while (message := channel.receive()) != "enough":
        channel.send((number, message))


def fail(number: int, channel: Channel) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")


class Odd(Exception):
    """It cannot be copied: it wants more than it keeps."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first)


def fail_oddly(number: int, channel: Channel) -> None:
    raise Odd("one", "two")


def die(number: int, channel: Channel) -> None:
    channel.send("alive")
    channel.close()
    os.kill(os.getpid(), signal.SIGKILL)


def stay(number: int, channel: Channel) -> None:
    """Stay, whatever is asked; say so first."""
    channel.send(os.getpid())
    threading.Event().wait()


def heard(number: int, channel: Channel) -> None:
    """Say whether an interrupt from the terminal does anything here, and in a program that is run here."""
    os.kill(os.getpid(), signal.SIGINT)
    channel.send("still here")
    channel.send(os.spawnlp(os.P_WAIT, "sh", "sh", "-c", "kill -INT $$; exit 0"))


def say_what_cannot_be_copied(number: int, channel: Channel) -> None:
    channel.send(lambda: 1)
    channel.send("after")


def interrupt_at_the_fork() -> None:
    """Be interrupted when a process is there of which we might not know yet; say whether it is there afterwards."""
    begun: list[int] = []
    fork = os.fork

    def forked() -> int:
        begun.append(fork())
        if begun[-1]:
            os.kill(os.getpid(), signal.SIGINT)
        return begun[-1]

    os.fork = forked
    try:
        with Processes(echo, 2, patience=5):
            say("begun")
    except KeyboardInterrupt:
        for pid in begun:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                say("gone")


def no_fork() -> None:
    """Have no room for a process; say whether an interrupt is heard as before."""

    def full() -> int:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    os.fork = full
    try:
        with Processes(echo, 2):
            say("begun")
    except BlockingIOError as error:
        say(error.strerror, signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))


def main(scenario: str) -> None:
    if scenario == "echo":
        with Processes(echo, 3) as processes:
            for number in (2, 0, 1):
                for message in (f"hello {number}", "enough"):
                    processes.send(number, message)
            for line in sorted(map(str, processes.messages())):
                say(line)
            processes.send(0, "it has gone, and nobody minds")
    elif scenario == "closed":
        with Processes(stay, 2, patience=0.2) as processes:
            pids = [message for _, message in zip(range(2), processes.messages(), strict=False)]
            say(len(pids))
        for _, pid in pids:
            try:
                os.kill(int(str(pid)), 0)
            except ProcessLookupError:
                say("gone")
    elif scenario == "interrupted":
        interrupt_at_the_fork()
    elif scenario == "full":
        no_fork()
    elif scenario == "orphans":
        with Processes(echo, 2) as processes:
            say(*processes._ids.values())
            os.kill(os.getpid(), signal.SIGKILL)
    else:
        works = {"fail": fail, "fail_oddly": fail_oddly, "die": die, "heard": heard}
        work = {**works, "lambda": say_what_cannot_be_copied}[scenario]
        with Processes(work, 1) as processes:
            for number, said in processes.messages():
                if isinstance(said, Failed):
                    failure = said.failure
                    say(number, repr(failure), *([failure.filename] if isinstance(failure, OSError) else []))
                    say("in fail" in str(failure) + "".join(getattr(failure, "__notes__", [])))
                else:
                    say(number, said)


if __name__ == "__main__":
    main(sys.argv[1])
