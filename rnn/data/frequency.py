"""How moments are spaced: the question that the reader's other parts ask of `rnn.data.times`."""

from .times.frequency import infer_frequency

__all__ = ["infer_frequency"]
