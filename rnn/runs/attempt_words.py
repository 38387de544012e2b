"""What a worker says of a run at work, in sentences for its user."""

from __future__ import annotations

from rnn.core.state import TrainingState


def why_failed(error: Exception, prepared: bool) -> str:
    """Before training, a ValueError is a sentence already: the series is too short, and the like."""
    if isinstance(error, ValueError) and not prepared:
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory; make hidden, batch or window smaller, or take a shorter series."
    return f"Training stopped on an error in the program ({type(error).__name__}: {error}); worker.log has the details."


def meanwhile(state: TrainingState | None, ended: bool) -> tuple[str, str]:
    """What becomes of a run while the store fails, and how far it is. state: None as long as it could not be read."""
    if state is None:
        return "The run goes on as soon as it answers.", "not begun"
    so_far = f"epoch {state.epoch:,} of {state.epochs:,}"
    if ended:
        return (
            f"Training has come to its end in memory, at {so_far}; it is written as soon as that can be done.",
            so_far,
        )
    return f"Training goes on in memory, {so_far} so far; what it does is written as soon as that can be done.", so_far
