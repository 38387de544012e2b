"""What a page's own timer asks for carries no input of the user.

A part of a page that redraws itself (`st.fragment` with `run_every`) is asked for by a timer in the browser, and Streamlit
sends the state of all widgets along. A busy browser can let that timer go before the message about what the user has just
done: the press or the moved slider then arrives twice. Its callback is begun for the timer's message and cut off by the user's
own, for which nothing has changed any more, so that it is lost; or both run, and one press counts as two. The user's own
message is on its way in any case, so the timer's is taken without the widgets.

Where the user's message still waits for its turn, Streamlit would make one of the two and keep the timer's widgets, that is
none. Then the timer's is not let in at all; the timer comes again. Nor is it while the same part is still being drawn, or its
drawing on the way to the browser: when the next turn begins, Streamlit throws away what it has not sent yet, and a chart that
does not arrive is taken off the page.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

# After these seconds a message that was never begun (the part of the page it was about is gone), or a turn that goes on and on,
# holds up no timer any more.
PATIENCE = 3.0
SMALL = 65_536  # bytes: what begins or ends a turn is smaller, charts are not looked into
_PAGE = ""  # what a message is about that is about no part of the page


class TimedRedraws:
    """ASGI middleware, in front of Streamlit's."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        line = Line()

        async def receive_sifted() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or not message.get("bytes"):
                    return message
                if (frame := line.sifted(message["bytes"])) is not None:
                    return {**message, "bytes": frame}

        async def send_watched(message: Message) -> None:
            if message["type"] == "websocket.send" and message.get("bytes"):
                line.watch(message["bytes"])
            await send(message)

        await self._app(scope, receive_sifted, send_watched)


class Line:
    """One browser's connection: what of the user's messages Streamlit has not begun yet, and what it is drawing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._asked, self._since = clock, list[str](), 0.0
        self._drawn, self._drawn_since = set[str](), 0.0

    def sifted(self, frame: bytes) -> bytes | None:
        """A message of the browser as it is to arrive; None: not at all."""
        message = BackMsg()
        try:
            message.ParseFromString(frame)
        except DecodeError:
            return frame  # Streamlit says what is wrong with it
        if not message.HasField("rerun_script"):
            return frame
        wish = message.rerun_script
        if not wish.is_auto_rerun:
            # One about the whole page takes the place of what waits: it has the state of all widgets, too.
            self._asked = [*self._asked, wish.fragment_id] if wish.fragment_id else [_PAGE]
            self._since = self._clock()
            return frame
        now = self._clock()
        if self._drawn & {wish.fragment_id, _PAGE} and now - self._drawn_since < PATIENCE:
            return None
        if not self._asked:
            wish.ClearField("widget_states")
            return message.SerializeToString()
        if now - self._since < PATIENCE:
            return None
        self._asked = []
        return frame

    def watch(self, frame: bytes) -> None:
        """A message of the server goes by: it may say that a turn has begun, or has ended and all of it is sent."""
        if len(frame) > SMALL:
            return
        message = ForwardMsg()
        message.ParseFromString(frame)
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            self._drawn = set()
        elif kind == "new_session":
            self._begin(set(message.metadata.run.fragment_ids))

    def _begin(self, parts: set[str]) -> None:
        """A turn about these parts, or about the page where there are none."""
        self._drawn, self._drawn_since = parts or {_PAGE}, self._clock()
        if not parts and _PAGE not in self._asked:
            self._asked = []  # a page that draws itself again has taken along what waited
        self._asked = [asked for asked in self._asked if asked not in (parts or {_PAGE})]
