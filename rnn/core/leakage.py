"""How good a leak makes a network look: the same small network trained with an honest scaler and with one that has seen the
validation rows.

A scaler fitted on all rows knows how far the series will rise before it has risen. What it shows on the validation part is
then a claim that no forecast of a real future can keep. A short lesson for a page, not a measurement of the run at hand:
the network is small and trains briefly.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from rnn.core.config import Config
from rnn.core.series import Series
from rnn.core.train import Trainer

MOST_RECORDS, MOST_WINDOW, MOST_HIDDEN, MOST_EPOCHS, LEAST_BATCH = 1000, 32, 16, 30, 32
# Student's t, two-sided 95 %, by the number of seeds: how many standard errors chance alone stays within.
WITHIN_CHANCE = {3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}


@dataclass(frozen=True)
class FalseGain:
    """honest, leaky: the validation RMSE of each seed's best epoch, original units, with the scaler fitted on the training
    part and with it fitted on all rows; equal seeds stand at equal places. records: how many, the last ones of the series,
    were used. config: what was trained, but for its seed and its scaler_rows."""

    honest: tuple[float, ...]
    leaky: tuple[float, ...]
    records: int
    config: Config

    @property
    def honest_val_rmse(self) -> float:
        """What the honest network errs by: the geometric mean over the seeds."""
        return statistics.geometric_mean(self.honest)

    @property
    def leaky_val_rmse(self) -> float:
        """What the leaky network claims to err by: the geometric mean over the seeds."""
        return statistics.geometric_mean(self.leaky)

    @property
    def gain(self) -> float:
        """The share of the error that the leak seems to take away; negative where the leak made it worse."""
        return 1 - self.leaky_val_rmse / self.honest_val_rmse

    @property
    def bounds(self) -> tuple[float, float]:
        """Between which gains the true one lies with 95 % confidence, by the spread over the seeds (paired t)."""
        ratios = [math.log(leaky / honest) for honest, leaky in zip(self.honest, self.leaky, strict=True)]
        reach = WITHIN_CHANCE[len(ratios)] * statistics.stdev(ratios) / math.sqrt(len(ratios))
        middle = statistics.fmean(ratios)
        return 1 - math.exp(middle + reach), 1 - math.exp(middle - reach)

    @property
    def verdict(self) -> str:
        """ "none" (the two are within a thousandth of each other), "false-gain", "loss" (the leak made it worse) or "noise"
        (the seeds differ more than the two scalers do)."""
        low, high = self.bounds
        if max(abs(low), abs(high)) < 1e-3:
            return "none"
        return "false-gain" if low > 0 else "loss" if high < 0 else "noise"

    @property
    def sentence(self) -> str:
        low, high = (f"{bound:+.0%}" for bound in self.bounds)
        return {
            "none": "Here the leak changes nothing: what the scaler measures is the same with and without the later rows.",
            "false-gain": f"The leak makes the network look {self.gain:.0%} better than it is ({low} to {high} over "
            f"{len(self.honest)} seeds): a gain that no real future would give.",
            "loss": f"Here the leak makes the network {-self.gain:.0%} worse (a gain of {low} to {high} over "
            f"{len(self.honest)} seeds): it squeezes the training part to make room for what comes later.",
            "noise": f"A gain of {low} to {high} over {len(self.honest)} seeds: no larger than chance makes it.",
        }[self.verdict]


def false_gain(
    config: Config, series: Series, seeds: int = 5, stop: Callable[[], bool] = lambda: False
) -> FalseGain | None:
    """Train the config's small likeness (`small`) both ways from several seeds, on the last MOST_RECORDS records; a few
    seconds. Of many series in one the longest is taken.

    seeds: 3 to 10. stop: asked between batches; True gives None. Raises ValueError for scaling="none", which fits nothing,
    and as `Trainer` does.
    """
    if config.scaling == "none":
        raise ValueError("scaling='none' fits nothing, so nothing can leak; take scaling='standard' or 'minmax'.")
    if seeds not in WITHIN_CHANCE:
        raise ValueError(f"seeds={seeds!r} is not allowed; allowed: a whole number from 3 to 10.")
    part = max(series.parts, key=lambda part: part.stop - part.start)
    rows = slice(max(part.start, part.stop - MOST_RECORDS), part.stop)
    used = Series(
        series.times[rows], series.values[rows], series.names, series.targets, static=series.static, known=series.known
    )
    config = small(config)
    errors: dict[str, list[float]] = {"train": [], "all": []}
    for seed in range(config.seed, config.seed + seeds):
        for scaler_rows, found in errors.items():
            trainer = Trainer(config.replace(seed=seed % 2**32, scaler_rows=scaler_rows), used)
            events = list(trainer.run(stop))
            if getattr(events[-1], "reason", "") == "stopped":
                return None
            found.append(max(trainer.metrics()["val_rmse"], 1e-300))  # an error of zero has no logarithm
    return FalseGain(tuple(errors["train"]), tuple(errors["all"]), len(used), config)


def small(config: Config) -> Config:
    """The config cut down to seconds: what it shows of its scaler is the same."""
    changes: dict[str, object] = {
        "hidden": min(config.hidden, MOST_HIDDEN),
        "layers": 1,
        "dropout": 0.0,
        "epochs": min(config.epochs, MOST_EPOCHS),
        "batch": max(config.batch, LEAST_BATCH),
        "seeds": 1,
        "test": 0,
    }
    if config.window > MOST_WINDOW:
        changes |= {"window": MOST_WINDOW, "patch": 1, "truncate": None}
    return config.replace(**changes)


def classic(config: Config) -> Config:
    """The config with what shows a leak best: a bounded network, which cannot follow a trend beyond the values that its
    scaler allows for, on standardised levels."""
    return config.replace(
        cell="elman", activation="tanh", gradient="bptt", scaling="standard", residual="none",
        difference="none", skip="none", log=False, init="orthogonal", dtype="float32",
    )  # fmt: skip
