"""Numbers in the words of the pages."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping


def seconds_in_words(seconds: float) -> str:
    """0.4 s · 12 s · 3 min · 2.5 h"""
    if seconds < 0.0095:
        return "under 0.01 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s" if seconds >= 0.095 else f"{seconds:.2f} s"
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    if seconds < 99.5 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 1e6 else f"{seconds / 86400:,.0f} days"


def told_apart(labels: Mapping[str, str]) -> dict[str, str]:
    """Key → label, with the end of the key added where several have the same one. A browser says what was picked by its
    label: of two alike the first would be taken, whichever was meant."""
    counts = Counter(labels.values())
    return {key: label if counts[label] == 1 else f"{label} · {key[-6:]}" for key, label in labels.items()}


def bytes_in_words(size: float) -> str:
    """0.3 MB · 12 MB · 4.0 GB"""
    if size >= 2**30:
        return f"{size / 2**30:,.1f} GB"
    megabytes = size / 2**20
    return f"{megabytes:.0f} MB" if megabytes >= 9.95 else f"{max(megabytes, 0.1):.1f} MB"


_STEPS = {
    "Y": "year", "Q": "quarter", "M": "month", "W": "week", "D": "day", "B": "business day", "h": "hour", "min": "minute",
    "s": "second", "ms": "millisecond", "us": "microsecond", "ns": "nanosecond",
}  # fmt: skip


def frequency_in_words(alias: str) -> str:
    """A pandas offset alias as a person says it: "every month", "every 30 minutes", "every week (SAT)"; other ones as they
    stand."""
    match = re.fullmatch(
        r"(\d*)(YS|YE|BYS|BYE|HYS|HYE|QS|QE|BQS|BQE|MS|ME|BMS|BME|W|D|B|h|min|s|ms|us|ns)(?:-(\w+))?", alias
    )
    if not match:
        return alias
    count, unit, anchor = match.groups()
    letter = unit if unit in _STEPS else unit.removesuffix("S").removesuffix("E").removeprefix("B")
    name = "half-year" if letter == "HY" else _STEPS[letter]
    step = f"every {name}" if count in ("", "1") else f"every {count} {name}s"
    return f"{step} ({anchor})" if anchor and letter == "W" else step


def number_in_words(value: float | None) -> str:
    """Four significant digits, without an exponent where it reads well; a dash for nothing."""
    if value is None or not math.isfinite(value):
        return "–"
    if value == 0 or 1e-4 <= abs(value) < 1e6:
        digits = 4 if value == 0 else max(0, 3 - math.floor(math.log10(abs(value))))
        return f"{value:,.{min(digits, 7)}f}"
    return f"{value:.3e}"


def moment_of(best_epoch: int) -> str:
    """When in a run its best weights were: a linear skip that starts as a good forecast may beat every epoch."""
    return f"epoch {best_epoch:,}" if best_epoch else "the start, which no epoch has beaten"


# What looks like an address becomes a link even without signs; an invisible joiner inside keeps it text.
_LINKED = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_SIGNS = frozenset("\\`*_{}[]()<>#+-.!|$~:@&^=\"'")


def escaped(text: str, longest: int = 80) -> str:
    """Any text for use within Markdown: one line, not endless, and none of its signs means anything."""
    plain = " ".join(text.split())
    plain = plain if len(plain) <= longest else plain[: longest - 1] + "…"
    plain = _LINKED.sub("\u2060", plain)
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in plain)
