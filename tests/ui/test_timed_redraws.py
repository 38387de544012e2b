"""The messages of a page's own timer lose the widgets on their way in, or wait for the user's own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from rnn.ui.timed_redraws import PATIENCE, Line, TimedRedraws


def asked(part: str = "", *, timed: bool = False) -> bytes:
    """A message of the browser about a part of the page or the whole of it, with a pressed button."""
    message = BackMsg()
    message.rerun_script.is_auto_rerun = timed
    message.rerun_script.fragment_id = part
    message.rerun_script.query_string = "data=nile"
    message.rerun_script.widget_states.widgets.add(id="train", trigger_value=True)
    return message.SerializeToString()


def begun(*parts: str) -> bytes:
    message = ForwardMsg()
    message.new_session.page_script_hash = "train"
    message.metadata.run.fragment_ids.extend(parts)
    return message.SerializeToString()


TIMED = asked("chart", timed=True)
FINISHED = ForwardMsg(script_finished=ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY).SerializeToString()


def without_widgets(frame: bytes | None) -> bool:
    """Whether this is the timer's message, all but the widgets."""
    message, whole = BackMsg(), BackMsg()
    message.ParseFromString(frame or b"")
    whole.ParseFromString(TIMED)
    whole.rerun_script.ClearField("widget_states")
    return message == whole


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_timer_brings_no_input_and_keeps_the_rest() -> None:
    assert without_widgets(Line().sifted(TIMED))


@pytest.mark.parametrize(
    "sent", [asked(), asked("chart"), BackMsg(stop_script=True).SerializeToString(), b"\xff\xff\xff"], ids=str
)
def test_every_other_message_stays_as_it_is(sent: bytes) -> None:
    assert Line().sifted(sent) == sent


@pytest.mark.parametrize(
    ("wishes", "starts"),
    [
        ([""], [begun()]),
        (["plot"], [begun("chart", "plot")]),
        (["plot"], [begun()]),  # the page draws itself again, and takes along what was asked of a part
        (["plot", ""], [begun()]),
        (["", "plot"], [begun(), begun("plot")]),
        (["plot", "table"], [begun("plot"), begun("table")]),
    ],
)
def test_a_timer_waits_until_what_the_user_asked_for_has_begun(wishes: list[str], starts: list[bytes]) -> None:
    line = Line()
    for part in wishes:
        line.sifted(asked(part))
    for start in starts:
        line.watch(begun("chart"))
        line.watch(FINISHED)
        assert line.sifted(TIMED) is None
        line.watch(start)
        line.watch(FINISHED)
    assert without_widgets(line.sifted(TIMED))


def test_a_wish_that_never_begins_holds_up_no_timer_for_long() -> None:
    clock = Clock()
    line = Line(clock)
    line.sifted(asked("gone"))
    clock.now += 0.9 * PATIENCE
    assert line.sifted(TIMED) is None
    clock.now += 0.2 * PATIENCE
    assert line.sifted(TIMED) == TIMED  # whole: should the wish wait after all, its widgets are in here
    assert without_widgets(line.sifted(TIMED))


@pytest.mark.parametrize(
    ("drawn", "waits"), [(("chart",), True), ((), True), (("plot", "chart"), True), (("plot",), False)]
)
def test_a_part_is_not_asked_for_anew_before_all_of_it_is_sent(drawn: tuple[str, ...], waits: bool) -> None:
    clock = Clock()
    line = Line(clock)
    line.watch(begun(*drawn))
    assert (line.sifted(TIMED) is None) == waits
    line.watch(FINISHED)
    assert without_widgets(line.sifted(TIMED))
    line.watch(begun(*drawn))
    clock.now += 1.1 * PATIENCE
    assert without_widgets(line.sifted(TIMED)), "a turn that goes on and on"


def run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: in this one the browser of other tests may have a loop at work."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


def received(kind: str, *messages: Message) -> Message:
    """What an app behind the middleware is given first."""
    coming, got = list(messages), list[Message]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(await receive())

    async def receive() -> Message:
        return coming.pop(0)

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    run(TimedRedraws(app)({"type": kind}, receive, send))
    return got[0]


def of_browser(frame: bytes) -> Message:
    return {"type": "websocket.receive", "bytes": frame}


def test_in_front_of_an_app() -> None:
    assert without_widgets(received("websocket", of_browser(TIMED))["bytes"])
    for other in (
        {"type": "websocket.receive", "text": "words"},
        {"type": "websocket.receive", "bytes": None, "text": "words"},
        {"type": "websocket.disconnect", "code": 1001},
    ):
        assert received("websocket", other) == other
    body = {"type": "http.request", "body": TIMED}
    assert received("http", body) == body


def test_an_app_that_has_not_begun_hears_of_no_timer() -> None:
    got: list[Message] = []
    sent: list[Message] = []
    coming = [
        of_browser(asked()),
        of_browser(TIMED),
        of_browser(TIMED),
        of_browser(TIMED),
        {"type": "websocket.disconnect"},
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(await receive())  # the user's; two of the timer's come too early
        got.append(await _after_two(receive, send))
        got.append(await receive())

    async def _after_two(receive: Receive, send: Send) -> Message:
        waiting = asyncio.ensure_future(receive())
        while len(coming) > 2:
            await asyncio.sleep(0)
        await send({"type": "websocket.send", "bytes": begun()})
        await send({"type": "websocket.send", "bytes": FINISHED})
        return await waiting

    async def receive() -> Message:
        await asyncio.sleep(0)
        if len(coming) == 2:
            while len(sent) < 2:
                await asyncio.sleep(0)
        return coming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    run(TimedRedraws(app)({"type": "websocket"}, receive, send))
    assert got[0] == of_browser(asked())
    assert without_widgets(got[1]["bytes"])
    assert got[2] == {"type": "websocket.disconnect"}
    assert [message["bytes"] for message in sent] == [begun(), FINISHED]
