"""The messages of a page's own timer lose the widgets on their way in; every other message arrives as it was sent."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from rnn.ui.timed_redraws import TimedRedraws, without_input


def frame(*, timed: bool) -> bytes:
    message = BackMsg()
    message.rerun_script.is_auto_rerun = timed
    message.rerun_script.fragment_id = "abc"
    message.rerun_script.query_string = "data=nile"
    message.rerun_script.widget_states.widgets.add(id="train", trigger_value=True)
    return message.SerializeToString()


def test_a_timer_brings_no_input_and_keeps_the_rest() -> None:
    message = BackMsg()
    message.ParseFromString(without_input(frame(timed=True)))
    assert message.rerun_script.is_auto_rerun
    assert (message.rerun_script.fragment_id, message.rerun_script.query_string) == ("abc", "data=nile")
    assert not message.rerun_script.widget_states.widgets


@pytest.mark.parametrize(
    "sent", [frame(timed=False), BackMsg(stop_script=True).SerializeToString(), b"\xff\xff\xff", b""]
)
def test_every_other_message_stays_as_it_is(sent: bytes) -> None:
    assert without_input(sent) == sent


def received(kind: str, message: Message) -> Message:
    """What an app behind the middleware is given."""
    got: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(await receive())

    async def receive() -> Message:
        return message

    async def send(message: Message) -> None:
        raise AssertionError("nothing is sent")

    asyncio.run(TimedRedraws(app)({"type": kind}, receive, send))
    return got[0]


def test_in_front_of_an_app() -> None:
    sent = {"type": "websocket.receive", "bytes": frame(timed=True)}
    assert received("websocket", sent)["bytes"] == without_input(frame(timed=True))
    for other in (
        {"type": "websocket.receive", "text": "words"},
        {"type": "websocket.receive", "bytes": None, "text": "words"},
        {"type": "websocket.disconnect", "code": 1001},
    ):
        assert received("websocket", other) == other
    body = {"type": "http.request", "body": frame(timed=True)}
    assert received("http", body) == body
