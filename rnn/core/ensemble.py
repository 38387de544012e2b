"""Seed ensembles (Hansen and Salamon 1990): the same network several times, from different seeds; their median is the forecast,
so that one unlucky start does no harm.

Members see the same series with their own weights and their own order of batches. Member 0 is the run that `seeds=1` would
be. Their parameters carry the prefix "member0.", "member1.", … wherever they stand together in one dict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.lanes import Lanes
from rnn.core.learner import GradientLearner, Update
from rnn.core.network import Params
from rnn.core.windows import Starts

Floats = NDArray[np.floating[Any]]
Found = TypeVar("Found")


def member_configs(config: Config) -> list[Config]:
    """One config a member, each of a single network with its own seed; the first keeps the ensemble's."""
    seeds = [config.seed]
    for number in range(1, config.seeds):
        seeds.append(int(np.random.SeedSequence([config.seed, number]).generate_state(1)[0]))
    return [config.replace(seed=seed, seeds=1) for seed in seeds]


def joined(members: Sequence[Mapping[str, Floats]]) -> Params:
    """The members' arrays in one dict, by prefixed name; a single member keeps its plain names."""
    if len(members) == 1:
        return dict(members[0])
    return {f"member{n}.{name}": array for n, arrays in enumerate(members) for name, array in arrays.items()}


def parted(arrays: Mapping[str, Floats], seeds: int) -> list[Params]:
    """What `joined` gave, member by member."""
    if seeds == 1:
        return [dict(arrays)]
    members: list[Params] = [{} for _ in range(seeds)]
    for name, array in arrays.items():
        prefix, _, own = name.partition(".")
        members[int(prefix.removeprefix("member"))][own] = array
    return members


def combined(outputs: Sequence[Floats]) -> Floats:
    """The members' outputs, each (windows, O), as one: their median, entry by entry; NaN where one of them is."""
    if len(outputs) == 1:
        return outputs[0]
    if len(outputs) == 3:  # the usual number, and many times as quick as sorting
        low, high = np.minimum(outputs[0], outputs[1]), np.maximum(outputs[0], outputs[1])
        return np.maximum(low, np.minimum(high, outputs[2], out=high), out=low)
    return np.median(np.stack(outputs), axis=0).astype(outputs[0].dtype, copy=False)


class EnsembleLearner:
    """Several gradient learners that step together, every other one in a second lane."""

    def __init__(self, members: Sequence[GradientLearner], threads: int = 1) -> None:
        self.members = list(members)
        self.params = joined([member.params for member in members])
        self.optimiser_state = joined([member.optimiser_state for member in members])
        self._training_lanes, self._predicting_lanes = Lanes(threads), Lanes(threads)

    def update(self, epoch: int, batch: int, lr: float, count: int) -> Update:
        """One step of every member; the mean of their norms (not finite where one is not)."""
        updates = self._of_all(self._training_lanes, lambda member: member.update(epoch, batch, lr, count))
        share = 1 / len(updates)
        return Update(sum(one.grad_norm for one in updates) * share, sum(one.clipped for one in updates) * share)

    def predict(self, starts: Starts) -> Floats:
        return combined(self._of_all(self._predicting_lanes, lambda member: member.predict(starts)))

    def not_finite(self) -> list[str]:
        return [f"member{n}.{name}" for n, member in enumerate(self.members) for name in member.not_finite()]

    def _of_all(self, lanes: Lanes, call: Callable[[GradientLearner], Found]) -> list[Found]:
        found: dict[int, Found] = {}

        def lane(which: int) -> None:
            for n in range(which, len(self.members), 2):
                found[n] = call(self.members[n])

        lanes.run(lambda: lane(0), lambda: lane(1), 1)
        return [found[n] for n in range(len(self.members))]
