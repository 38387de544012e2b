"""What a page's own timer asks for carries no input of the user.

A part of a page that redraws itself (`st.fragment` with `run_every`) is asked for by a timer in the browser, and Streamlit
sends the state of all widgets along. A busy browser can let that timer go before the message about what the user has just
done: the press or the moved slider then arrives twice. Its callback is begun for the timer's message and cut off by the user's
own, for which nothing has changed any more, so that it is lost; or both run, and one press counts as two. The user's own
message is on its way in any case, so the timer's is taken without the widgets.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg


class TimedRedraws:
    """ASGI middleware, in front of Streamlit's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def receive_without() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive" and message.get("bytes"):
                return {**message, "bytes": without_input(message["bytes"])}
            return message

        await self._app(scope, receive_without if scope["type"] == "websocket" else receive, send)


def without_input(frame: bytes) -> bytes:
    """The message as it is, but without the state of the widgets where a timer has sent it."""
    message = BackMsg()
    try:
        message.ParseFromString(frame)
    except DecodeError:
        return frame  # Streamlit says what is wrong with it
    if not (message.HasField("rerun_script") and message.rerun_script.is_auto_rerun):
        return frame
    message.rerun_script.ClearField("widget_states")
    return message.SerializeToString()
