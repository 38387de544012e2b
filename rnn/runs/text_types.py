"""Text as every database takes it: PostgreSQL knows no NUL, and no database half a character."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.types import TypeDecorator


class CleanString(TypeDecorator[str]):
    """A String without what cannot be written; what is looked up is cleaned alike, so that a damaged link finds nothing
    instead of failing."""

    impl = String
    cache_ok = True

    @property
    def python_type(self) -> type[str]:
        return str

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class CleanText(CleanString):
    """The same of any length."""

    impl = Text
    cache_ok = True
