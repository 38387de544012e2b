"""Names and moments as the pages about runs write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st


def age_in_words(moment: datetime, now: datetime | None = None) -> str:
    """just now · 5 min ago · 3 h ago · 12 days ago"""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 99.5 * 60:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 48 * 3600:
        return f"{round(seconds / 3600)} h ago"
    return f"{seconds / 86400:,.0f} days ago"


def moment_in_words(moment: datetime) -> str:
    """2026-11-22 17:05, by the clock of whoever looks."""
    return moment.astimezone(_reader_zone()).strftime("%Y-%m-%d %H:%M")


def _reader_zone() -> ZoneInfo:
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
