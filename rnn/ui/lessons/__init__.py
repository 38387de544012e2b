"""Lessons that break a network on purpose: what one consists of, its address, and what a run shows of it."""

from rnn.ui.lessons.lesson import LONGEST, Answer, Lesson

__all__ = ["LONGEST", "Answer", "Lesson"]
