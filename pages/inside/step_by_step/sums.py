"""Numbers as a reader sees them: sums whose parts, as shown, add up to the total, as shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MOST_DECIMALS = 6
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Shown:
    """parts, total: whole numbers of the last digit shown, so that they add up exactly. decimals: how many digits stand
    after the point. power: all are to be read times ten to this power; 0 where they are small enough to be written out."""

    parts: tuple[int, ...]
    total: int
    decimals: int
    power: int = 0

    def text(self, digits: int) -> str:
        """One of the numbers, with a true minus sign; the power of ten is left to `scale`."""
        return f"{'−' if digits < 0 else ''}{abs(digits) / 10**self.decimals:.{self.decimals}f}"

    @property
    def total_text(self) -> str:
        return self.text(self.total) + self.scale

    @property
    def scale(self) -> str:
        return f" · 10{str(self.power).translate(_SUPERSCRIPTS)}" if self.power else ""

    @property
    def sum_text(self) -> str:
        """0.213 + 0.430 − 0.100; in brackets with its power of ten where there is one."""
        text = self.text(self.parts[0])
        for part in self.parts[1:]:
            text += f" {'−' if part < 0 else '+'} {self.text(abs(part))}"
        return f"({text}){self.scale}" if self.power else text


def adding_up(parts: Sequence[float]) -> Shown:
    """The parts of a sum and the total with four digits of the largest. Each is within one unit of the last digit of what it
    is; which of them are rounded up is settled so that they add up (largest remainders)."""
    largest = max((abs(part) for part in parts), default=0.0)
    size = math.floor(math.log10(largest)) if largest > 0 and math.isfinite(largest) else 0
    power = size if size < -3 or size > 5 else 0
    decimals = min(max(0, 3 - (size - power)), MOST_DECIMALS)
    scaled = [part / 10.0**power * 10**decimals for part in parts]
    floors = [math.floor(part) for part in scaled]
    total = round(math.fsum(scaled))
    missing = total - sum(floors)
    order = sorted(range(len(scaled)), key=lambda k: floors[k] - scaled[k])  # the largest remainder first
    for k in order[: max(0, missing)]:
        floors[k] += 1
    return Shown(tuple(floors), total, decimals, power)


def written(value: float) -> str:
    """Four significant digits: 0.01235, −1.234 · 10⁻⁹, 0."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    shown = adding_up([value])
    if shown.power == 0 and shown.total == 0:
        return f"{'−' if value < 0 else ''}{abs(value):.1e}"
    return shown.total_text


def in_brackets(value: float) -> str:
    """As `written`, in brackets where it is below zero, for use in a product."""
    return f"({written(value)})" if value < 0 else written(value)
