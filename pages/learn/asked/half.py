"""The half of the squared error: two losses, two slopes, one minimum."""

from pages.learn.walk.losing import HALF, WHOLE, draw_curves


def draw() -> None:
    draw_curves("half", [HALF, WHOLE])
