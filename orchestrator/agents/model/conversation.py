"""One attempt: a model is asked, streamed, held to its limits, its tools called, until its answer is whole files.

Imported late: it needs pydantic-ai. It knows no key, no address and no settings, and writes nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass, field
from typing import Any

from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    ModelResponseStreamEvent,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import Model as Client
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from orchestrator.agents.interface import Request, Underway
from orchestrator.agents.model.asking import most_taken_in, parameters_of
from orchestrator.agents.model.faults import Broken, Source, excerpt, one_line
from orchestrator.agents.model.forms import Form, Misfit, NoData, Unwritable, files_of_text, is_closed, note_of
from orchestrator.agents.model.replies import arguments_of, calls_of, growth_of, length_of, output_of, text_of, used_of
from orchestrator.agents.model.spending import Tokens, tokens_in_text, usage_of
from orchestrator.agents.model.tools import Toolbox
from orchestrator.agents.model.transcript import Transcript
from orchestrator.agents.model.translate import broken
from orchestrator.agents.model.wire import IS_CUT, MOST_LINES
from orchestrator.model.action import Trouble
from orchestrator.model.settings import Model
from orchestrator.routing.worst import most_output, one_call

_TELLING = 0.25
"""Seconds between two tellings of how far the work is, at least."""
_CORRECTIONS = 1
_ROUNDING = 1e-9
"""USD. Sums of binary fractions miss the decimal figure by less."""
_FEWEST_CHARACTERS = 1_000_000
_FEWEST_LINES = 20_000
_LINES_OF_A_TOKEN = 8
"""Two events of four lines; what is left is for those that say no more than that the wire is there."""
_WHOLE = ("", "stop", "end_turn", "stop_sequence")
"""In the providers' words: the reasons to stop that end a whole answer."""
_LONGEST_TOKEN = 64
"""Characters that a token has at most on average, were the answer a drawing in dashes: what goes on is without end."""


@dataclass(slots=True)
class Conversation:
    """What was said so far, what it cost, and what is asked next."""

    request: Request
    model: Model
    form: Form
    client: "Client[Any]"
    source: Source
    clock: Callable[[], float]
    tokens: Tokens = field(default_factory=Tokens)
    stop: str = "stop"
    transcript: Transcript = field(default_factory=Transcript)
    _messages: list[ModelMessage] = field(default_factory=list)
    _told_at: float = 0.0
    _underway: int = 0
    """Characters of the answer that is coming in."""
    _first_end: str = ""

    async def files(self, box: Toolbox) -> dict[str, bytes]:
        """Return the files that the model writes. Raises Broken."""
        extras = self.request.agent.extras
        system = f"{self.request.agent.system.rstrip()}\n\n{note_of(self.form)}".lstrip()
        self._messages.append(ModelRequest.user_text_prompt(self.request.prompt, instructions=system))
        self.transcript.note(system=system)
        self.transcript.note(prompt=self.request.prompt)
        corrections = 0
        for turn in range(extras.max_turns):
            self._hold_cost(turn, box)
            response = await self._answer(box)
            if await self._used_tools(response, box):
                continue
            try:
                return self._files_of(response)
            except Misfit as misfit:
                if corrections == _CORRECTIONS or self._is_unrepeatable(misfit, response):
                    raise self._unfit(misfit, response) from misfit
                corrections += 1
                self._correct(response, misfit, box)
        turns = f"{extras.max_turns} answer{'s' if extras.max_turns > 1 else ''}"
        raise Broken(f"{self.model.name} came to no end in {turns} (max_turns)", Trouble.WORK)

    def _hold_cost(self, turn: int, box: Toolbox) -> None:
        """Raise Broken where the next call is not paid for. Of the first, routing knows all but what its tools say."""
        unpaid = self._unpaid(box) if turn or box.tools else None
        if unpaid and turn:
            raise Broken(f"cost limit reached mid-step: stopped before the next call; {unpaid}", Trouble.WORK)
        if unpaid:
            said = f"{self.model.name} was not asked: what its tools say of themselves counts too; {unpaid}"
            raise Broken(f"{said}; grant fewer tools, or a larger budget", Trouble.DENIED)

    def _unpaid(self, box: Toolbox) -> str | None:
        """Return why what is reserved does not pay for the next call at worst; None where it does, or nobody knows."""
        agent, reserved, spent = self.request.agent, self.request.route.reserved_usd, self._cost()
        tokens_in = most_taken_in(self._messages, self._parameters(box), most_output(self.model, agent))
        cost = one_call(self.model, agent, tokens_in)
        if cost is None or spent + cost <= reserved + _ROUNDING:
            return None
        return f"it may cost ${cost:.4f}, and ${spent:.4f} of the ${reserved:.4f} reserved for the attempt is spent"

    # --- one call ----------------------------------------------------------------------------------------------------

    async def _answer(self, box: Toolbox) -> ModelResponse:
        """Ask once. The answer is whole, or Broken is raised."""
        response = await self._streamed(box)
        self._messages.append(response)
        self._note(response)
        self.stop = self._first_end or response.finish_reason or ""
        self._hold_end(response)
        return response

    def _hold_end(self, response: ModelResponse) -> None:
        """Raise Broken where an answer is not whole: by the first reason that was given, if it was given two."""
        details = response.provider_details or {}
        word = str(details.get("finish_reason") or "")
        is_complete = response.finish_reason is not None and response.state == "complete"
        if not (is_complete or word):
            raise Broken(f"{self.model.name}: the stream ended before the answer did", Trouble.OUTAGE)
        if self.stop == "error":
            raise Broken(f"{self.model.name}: the provider says that it failed", Trouble.OUTAGE)
        if self.stop == "length":
            raise Broken(self._cut_short(response), Trouble.WORK)
        if self.stop == "content_filter":
            said = text_of(response) or str(details.get("refusal") or word)
            raise Broken(f"{self.model.name} declined: {self._excerpt(said)}", Trouble.WORK)
        is_whole = bool(calls_of(response)) if self.stop == "tool_call" else word.casefold() in _WHOLE
        if not (is_complete and is_whole):
            said = self._excerpt(word or self.stop)
            raise Broken(f"{self.model.name} stopped for {said}, which ends no answer", Trouble.WORK)

    def _cut_short(self, response: ModelResponse) -> str:
        most = most_output(self.model, self.request.agent)
        end = self._excerpt(text_of(response)[-150:])
        return f"{self.model.name} was cut short at {most} tokens (max_output_tokens); its end: {end}"

    async def _streamed(self, box: Toolbox) -> ModelResponse:
        """Take the events in. Whatever an SDK raises over them is told as Broken, and what was used is counted."""
        self._underway, self._first_end, reported = 0, "", RequestUsage()
        IS_CUT.set(False)
        MOST_LINES.set(_FEWEST_LINES + _LINES_OF_A_TOKEN * most_output(self.model, self.request.agent))
        try:
            async with self._unsilent() as heard, self._asked(box) as stream:
                async for event in stream:
                    heard()
                    reported = stream.usage
                    self._first_end = self._first_end or stream.finish_reason or ""
                    self._hear(event)
                reported = stream.usage
                response: ModelResponse = stream.get()
        except TimeoutError:
            self._count(reported, is_over=False)
            raise
        except asyncio.CancelledError:
            self._count(reported, is_over=False)
            raise
        except Exception as exc:
            fault = self._endless() if self._is_endless() else broken(exc, self.source, self.clock())
            if fault.is_billed or self._underway:
                self._count(reported, is_over=False)
            raise fault from exc
        self._count(reported, is_over=response.finish_reason is not None)
        return response

    def _asked(self, box: Toolbox) -> Any:
        return model_request_stream(
            self.client,
            self._messages,
            model_settings=ModelSettings(max_tokens=most_output(self.model, self.request.agent)),
            model_request_parameters=self._parameters(box),
            instrument=False,
        )

    @asynccontextmanager
    async def _unsilent(self) -> AsyncIterator[Callable[[], None]]:
        """Raise Broken where nothing was heard for as long as the agent's file allows."""
        idle = self.request.agent.extras.idle
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(idle) as silence:
                yield lambda: silence.reschedule(loop.time() + idle) if idle is not None else None
        except TimeoutError:
            if not silence.expired():
                raise
            raise Broken(f"{self.model.name} said nothing for {idle} s (idle)", Trouble.OUTAGE) from None

    def _is_endless(self) -> bool:
        return self._underway > self._most_characters()

    def _endless(self) -> Broken:
        return Broken(f"{self.model.name} went on past {self._most_characters():,} characters: stopped", Trouble.WORK)

    def _end(self) -> None:
        """Have the body end. Raises Broken where that does not help: some SDKs bring a wire of their own."""
        IS_CUT.set(True)
        if self._underway > 2 * self._most_characters():
            raise self._endless()

    def _most_characters(self) -> int:
        return max(_FEWEST_CHARACTERS, _LONGEST_TOKEN * most_output(self.model, self.request.agent))

    def _count(self, reported: RequestUsage, *, is_over: bool) -> None:
        known = used_of(reported)
        length = sum(length_of(message) for message in self._messages)
        estimate = Tokens(tokens_in_text(length), tokens_in_text(self._underway))
        self.tokens += known.known_or(estimate) if is_over else known.at_least(estimate)
        self._underway = 0

    def _hear(self, event: ModelResponseStreamEvent) -> None:
        self._underway += growth_of(event)
        if self._is_endless():
            self._end()
        now = asyncio.get_running_loop().time()
        if now - self._told_at < _TELLING:
            return
        self._told_at = now
        so_far = self.tokens + Tokens(given_out=tokens_in_text(self._underway))
        cost = usage_of(so_far, self.model, 0.0, 0.0).cost_usd
        self.request.tell(Underway(so_far.given_out, cost))

    def _parameters(self, box: Toolbox) -> ModelRequestParameters:
        """Providers take schemas natively that leave no key open, and alter others without a word."""
        can = bool(self.client.profile.get("supports_json_schema_output"))
        return parameters_of(self.form.schema, box.tools, is_native=can and is_closed(self.form.schema))

    # --- what came of it ---------------------------------------------------------------------------------------------

    async def _used_tools(self, response: ModelResponse, box: Toolbox) -> bool:
        calls = calls_of(response)
        if not calls or self._output(response) is not None:
            return False
        returns = [await self._call(call, box) for call in calls]
        self._messages.append(ModelRequest(parts=returns, instructions=self._instructions()))
        return True

    async def _call(self, call: ToolCallPart, box: Toolbox) -> ToolReturnPart:
        self.request.tell(Underway(self.tokens.given_out, self._cost(), f"calls {one_line(call.tool_name)}"))
        try:
            arguments = arguments_of(call)
        except Misfit as misfit:
            said = f"The call was not made: {misfit}."
        else:
            said = await box.call(call.tool_name, arguments)
        self.transcript.note(tool=call.tool_name, result=said)
        return ToolReturnPart(tool_name=call.tool_name, content=said, tool_call_id=call.tool_call_id)

    def _files_of(self, response: ModelResponse) -> dict[str, bytes]:
        output = self._output(response)
        text = text_of(response) if output is None else output.args_as_json_str()
        if not text.strip():
            raise Broken(f"{self.model.name}: the answer is empty", Trouble.WORK)
        return files_of_text(self.form, text)

    def _correct(self, response: ModelResponse, misfit: Misfit, box: Toolbox) -> None:
        """Say what is wrong, once. A call of the output tool is answered as a call, as the wires demand.

        Raises Broken where asking again is not paid for.
        """
        said = f"Your answer was not taken: {misfit}. Hand in the whole answer again, mended."
        parts: list[Any] = [
            ToolReturnPart(tool_name=part.tool_name, content=said, tool_call_id=part.tool_call_id)
            for part in calls_of(response)
        ]
        message = ModelRequest(parts=parts or [UserPromptPart(said)], instructions=self._instructions())
        self._messages.append(message)
        if unpaid := self._unpaid(box):
            raise self._unfit(misfit, response, f"; it was not asked to mend it: {unpaid}") from misfit
        self.transcript.note(correction=said)

    def _is_unrepeatable(self, misfit: Misfit, response: ModelResponse) -> bool:
        """What no wire takes cannot be told back to the model: half a character, a call whose arguments are no JSON."""
        return isinstance(misfit, Unwritable) or (isinstance(misfit, NoData) and self._output(response) is not None)

    def _unfit(self, misfit: Misfit, response: ModelResponse, more: str = "") -> Broken:
        output = self._output(response)
        said = self._excerpt(text_of(response) if output is None else output.args_as_json_str())
        return Broken(f"{self.model.name}: the answer does not fit: {misfit}; it says {said}{more}", Trouble.WORK)

    def _output(self, response: ModelResponse) -> ToolCallPart | None:
        """The call that hands structured output in, where that was asked for."""
        return None if self.form.schema is None else output_of(response)

    def _instructions(self) -> str | None:
        first = self._messages[0]
        return first.instructions if isinstance(first, ModelRequest) else None

    def _cost(self) -> float:
        return usage_of(self.tokens, self.model, 0.0, 0.0).cost_usd

    def _excerpt(self, text: str) -> str:
        return excerpt(self.source.without_secrets(text))

    def _note(self, response: ModelResponse) -> None:
        calls = [{"tool": call.tool_name, "arguments": call.args} for call in calls_of(response)]
        used = dict(zip(("in", "out", "cache_read", "cache_write"), astuple(used_of(response.usage)), strict=True))
        self.transcript.note(answer=text_of(response), calls=calls, stop=response.finish_reason, usage=used)
