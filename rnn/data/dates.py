"""Whether a cell is a date: the question that the reader's other parts ask of `rnn.data.times`."""

from .times.families import family

__all__ = ["family"]
