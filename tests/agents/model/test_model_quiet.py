"""What an SDK would tell the terminal stays away from it, and what a process that is forked off can do."""

import asyncio
import gc
import os
import threading
import warnings
from collections.abc import Iterator
from weakref import ref

import pytest
from loopback import Loopback
from loopback_wires import Reply
from model_cases import answered, backend, request

from orchestrator.agents.model import clients
from orchestrator.agents.model.background import Background, _announced, _call_off
from orchestrator.model.settings import ProviderKind

NO_FIGURES = b"""\
data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":\
{"role":"assistant","content":"# A"},"finish_reason":null}]}

data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},\
"finish_reason":"stop"}]}

data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[],\
"usage":{"prompt_tokens":"secret words","completion_tokens":"x","total_tokens":0}}

data: [DONE]

"""


@pytest.fixture
def heard() -> Iterator[list[warnings.WarningMessage]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield caught


def test_figures_that_are_none_are_no_warning_with_a_providers_words(heard: list[warnings.WarningMessage]) -> None:
    with Loopback(Reply(raw=NO_FIGURES, content_type="text/event-stream")) as server, backend("openai") as asking:
        answered(asking.run(request("openai", server.address)))
    assert [str(each.message) for each in heard] == []


def test_warnings_of_others_are_let_through(heard: list[warnings.WarningMessage]) -> None:
    clients.load(ProviderKind.OPENAI)
    clients.load(ProviderKind.OPENAI)
    warnings.warn("ours", UserWarning, stacklevel=1)
    assert [str(each.message) for each in heard] == ["ours"]


# --- processes that are forked off -----------------------------------------------------------------------------------


async def _seven() -> int:
    return 7


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_that_is_forked_while_the_loop_is_started_starts_its_own() -> None:
    background = Background()
    background.run(_seven())
    with background._lock:
        child = os.fork()
        if child == 0:
            threading.Timer(5, os._exit, [1]).start()
            os._exit(0 if background.run(_seven()) == 7 else 2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert background.run(_seven()) == 7


def test_a_background_that_is_gone_leaves_nothing_behind_for_a_fork() -> None:
    made = ref(Background())
    gc.collect()
    assert made() is None


def test_work_that_is_called_off_before_its_turn_ends_with_its_turn() -> None:
    background, began, over = Background(), threading.Event(), threading.Event()
    held = threading.Event()
    background.loop().call_soon_threadsafe(began.set)
    background.loop().call_soon_threadsafe(held.wait, 10)
    assert began.wait(10)
    future = asyncio.run_coroutine_threadsafe(_announced(_seven(), over), background.loop())
    future.cancel()
    held.set()
    assert over.wait(10)
    _call_off(future, over)
    assert future.cancelled()
