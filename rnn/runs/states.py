"""What each command does to a run in each state: the state machine, as one table.

| state       | pause   | resume   | step | stop    | lr      | epochs  |
|-------------|---------|----------|------|---------|---------|---------|
| queued      | pause   | withdraw | step | stop    | keep    | keep    |
| running     | ask     | withdraw | ask  | ask     | ask     | ask     |
| paused      | nothing | queue    | step | stop    | keep    | keep    |
| interrupted | nothing | queue    | step | stop    | keep    | keep    |
| stopped     | nothing | queue    | step | nothing | keep    | keep    |
| failed      | nothing | queue    | step | nothing | keep    | keep    |
| done        | nothing | more     | more | nothing | keep    | keep    |
| early-stop  | nothing | nothing  | nothing | nothing | nothing | nothing |
| diverged    | nothing | nothing  | nothing | nothing | nothing | nothing |

pause, stop: the run is paused (stopped) at once. queue: it joins the end of the queue and goes on from its checkpoint.
step: the same, until the end of one more epoch. more: as queue or step if epochs are left to train (raise `epochs`
first), else nothing. ask: an order for the worker, carried out at the next batch (step: at the end of the epoch in
progress). keep: an order that is carried out when the run is next at work. withdraw: pause and step orders that are not
carried out yet are taken back. A command given twice does what it does once.

What workers do: queued → running (claimed); running → paused, or interrupted when the worker or its server ends, or
queued again where a race lets others go first, or one of the final states. A worker that is asked to pause and to stop stops.
"""

from __future__ import annotations

COMMANDS = ("pause", "resume", "step", "stop", "lr", "epochs")

EFFECTS: dict[str, tuple[str, str, str, str, str, str]] = {
    "queued": ("pause", "withdraw", "step", "stop", "keep", "keep"),
    "running": ("ask", "withdraw", "ask", "ask", "ask", "ask"),
    "paused": ("nothing", "queue", "step", "stop", "keep", "keep"),
    "interrupted": ("nothing", "queue", "step", "stop", "keep", "keep"),
    "stopped": ("nothing", "queue", "step", "nothing", "keep", "keep"),
    "failed": ("nothing", "queue", "step", "nothing", "keep", "keep"),
    "done": ("nothing", "more", "more", "nothing", "keep", "keep"),
    "early-stop": ("nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
    "diverged": ("nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
}


def effect_of(state: str, kind: str, *, epochs_left: bool = True) -> str:
    """What command `kind` does in `state`. Raises ValueError for an unknown command."""
    if kind not in COMMANDS:
        raise ValueError(f"{kind!r} is not a command; the commands are {', '.join(COMMANDS)}.")
    effect = EFFECTS[state][COMMANDS.index(kind)]
    if effect == "more":
        if not epochs_left:
            return "nothing"
        return "queue" if kind == "resume" else "step"
    return effect
