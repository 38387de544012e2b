"""What the live charts of a page were sent, read back from their messages."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest


def charts(app: AppTest) -> dict[str, dict[str, Any]]:
    """Chart key → the header of its message: alt, identity, data and layout."""
    found = {}
    for element in app.get("bidi_component"):
        sent = bytes(element.proto.bytes)
        header = json.loads(sent[4 : 4 + int.from_bytes(sent[:4], "little")])
        found[header["key"]] = header
    return found
