"""The way through the two passes, one click a step: forward over the window, the turn at the output, back as far as the error
goes, and the update at the end. Steps are counted from 0 here, and from 1 where they are shown."""

from __future__ import annotations

from dataclasses import dataclass

FORWARD, TURN, BACKWARD, UPDATE = "forward", "turn", "backward", "update"


@dataclass(frozen=True)
class Place:
    """step: the time step; at the turn the last one, at the update the one where the error ended."""

    phase: str
    step: int


@dataclass(frozen=True)
class Walk:
    """steps: of the window. end: the first step that the error reaches; those before it get nothing of it."""

    steps: int
    end: int

    def __len__(self) -> int:
        return self.update + 1

    @property
    def turn(self) -> int:
        """The position of the turn."""
        return self.steps

    @property
    def update(self) -> int:
        """The last position."""
        return 2 * self.steps - self.end + 1

    def at(self, position: int) -> Place:
        """Positions beyond either end are that end."""
        position = min(max(position, 0), self.update)
        if position < self.turn:
            return Place(FORWARD, position)
        if position == self.turn:
            return Place(TURN, self.steps - 1)
        if position < self.update:
            return Place(BACKWARD, self.steps - (position - self.turn))
        return Place(UPDATE, min(self.end, self.steps - 1))
