"""What becomes of an error on its way back through time, in sentences with the numbers."""

from __future__ import annotations

from rnn.core.through_time import Flow


def in_words(flow: Flow, place: str = "") -> str:
    """Markdown. place: " in layer 2" and the like, where there are several."""
    if flow.word == "not finite":
        return f"**The error is not a number any more**{place}: it has grown beyond what the computer can hold."
    if flow.word == "none":
        return (
            f"**No error enters the recurrent layers**{place}: the readout passes none on, as it still stands at zero. Only "
            "the readout and what goes past the network learn."
        )
    if flow.steps == 1:
        return f"The window is a single step, so the error has no way to travel{place}."
    said = {"vanishing": _vanishing, "exploding": _exploding, "steady": _steady}[flow.word](flow, place)
    return f"{said} {_cut(flow)}".strip()


def _vanishing(flow: Flow, place: str) -> str:
    assert flow.reach is not None
    return (
        f"**The error vanishes{place}**: at each step back {_factor(flow)} of it is left. After **{_steps(flow.reach)}** less "
        "than 1 % is left: what stood further back teaches it next to nothing."
    )


def _exploding(flow: Flow, place: str) -> str:
    return (
        f"**The error explodes{place}**: each step back multiplies it by {_factor(flow)}. At the end of its way, "
        f"{_steps(_way(flow) - 1)} back, it is {_times(flow.left)} its size at the last step, so what stood long ago outweighs "
        "what stood just before the prediction."
    )


def _steady(flow: Flow, place: str) -> str:
    if _way(flow) == 1:
        return f"**The error teaches the last step alone{place}**."
    end = f"{_steps(_way(flow) - 1)} back"
    whole = ", so the whole window teaches the network" if flow.cut is None else ""
    becomes = "neither vanishes nor explodes"
    if flow.left < 0.5:
        becomes = "fades, but does not vanish on its way"
    elif flow.left > 2:
        becomes = "grows, but does not explode on its way"
    return (
        f"**The error {becomes}{place}**: each step back multiplies it by {_factor(flow)}, and {end} it is "
        f"{_times(flow.left)} its size at the last step{whole}."
    )


def _cut(flow: Flow) -> str:
    if flow.cut is None:
        return ""
    if flow.reach is not None:
        return f"Truncate ends its way after {_steps(flow.cut)}, where it was gone anyway."
    return (
        f"**Truncate ends its way after {_steps(flow.cut)}** of {flow.steps:,}; nothing that stood further back teaches the "
        "network anything."
    )


def _way(flow: Flow) -> int:
    return flow.steps if flow.cut is None else flow.cut


def _factor(flow: Flow) -> str:
    return f"about {flow.factor:.2f}" if 0.1 <= flow.factor < 9.95 else f"about {flow.factor:.2g}"


def _times(share: float) -> str:
    """26 % of · 1.4 times · 3,000 times"""
    if share < 0.995:
        return f"{100 * share:.2g} % of"
    if share < 99.5:
        return f"{share:.2g} times"
    return f"{float(f'{share:.2g}'):,.0f} times" if share < 1e6 else f"{share:.1e} times"


def _steps(count: int) -> str:
    return "1 step" if count == 1 else f"{count:,} steps"
