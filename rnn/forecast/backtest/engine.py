"""The backtest itself: fold by fold, every network and every method on exactly the same points."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnn.core.config import Config
from rnn.core.ensemble import member_configs
from rnn.core.fit import Fit
from rnn.core.series import Series
from rnn.forecast.backtest.fold import Fold, folds_of
from rnn.forecast.backtest.method import Request, forecasts_of
from rnn.forecast.backtest.network import forecast_of, is_untrained, trained, words_on
from rnn.forecast.backtest.plan import Plan, cutoffs, judged, left_out
from rnn.forecast.backtest.result import FAN_COLUMNS, Backtest
from rnn.forecast.backtest.rows import Forecast, mean_absolute_error, nothing, rows_of
from rnn.forecast.methods import METHODS
from rnn.forecast.multi_step import check_request
from rnn.forecast.progress import Step

Stop = Callable[[], bool]
MOST_SEEDS = 50


def backtest(
    networks: Mapping[str, Config],
    series: Series,
    plan: Plan,
    *,
    methods: Sequence[str] = tuple(METHODS),
    levels: Sequence[float] = (80, 95),
    seeds: int = 1,
    base: Config | None = None,
    stop: Stop = lambda: False,
) -> Iterator[Step | Backtest]:
    """Forecast from several cut-offs as if each were today, and keep all of it. Yields a Step after each piece of work and
    the Backtest at last; where `stop` says so, also in the middle of a training, it ends without one.

    networks: by the names that the rows shall carry; each is trained on the records before the cut-off alone (`plan.retrain`:
    in every fold), by its own validation part in there, without a test part. methods: keys of METHODS; they are fitted on the
    same records, in every fold. base: the config that says their season, window and preparation (None: the first network's;
    without a network what the rule recommends).
    levels: of the intervals, which come from the same records (a network's: `rnn.forecast.multi_step`; a method's:
    `rnn.forecast.backtest.method`). seeds: above 1, every network is also trained alone from so many seeds, for the fan.

    Raises ValueError, before any work, where the series is too short or the request has no meaning. A network or a method that
    fails in a fold has NaN there, and a note says why.
    """
    _check(networks, series, plan, methods, levels, seeds)
    if base is None:
        base = next(iter(networks.values()), None) or _recommended(series, plan)
    return _run(_Work(dict(networks), series, plan, tuple(methods), tuple(levels), seeds, base, stop))


def _recommended(series: Series, plan: Plan) -> Config:
    from rnn.data.look import recommended

    return recommended(series, plan.steps)


@dataclass(frozen=True, eq=False)
class _Work:
    """What is asked, and what has come of it so far. fits: the last training of each network, and the
    fold that it belongs to."""

    networks: dict[str, Config]
    series: Series
    plan: Plan
    methods: tuple[str, ...]
    levels: tuple[float, ...]
    seeds: int
    base: Config
    stop: Stop
    rows: list = field(default_factory=list)
    fan: list[tuple[str, int, int, float]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    fits: dict[tuple[str, Config], tuple[int, Fit | str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Pieces of work."""
        alone = self.seeds if self.seeds > 1 else 0
        return self.plan.folds * (len(self.networks) * (1 + alone) + len(self.methods))

    def halt(self) -> None:
        """Raise where `stop` says so."""
        if self.stop():
            raise _Stopped

    def add(self, method: str, fold: Fold, forecast: Forecast, started: float) -> None:
        self.rows.append(rows_of(method, fold, forecast, self.series.targets, self.levels))
        self.seconds[method] = self.seconds.get(method, 0.0) + time.perf_counter() - started


class _Stopped(Exception):
    """`stop` has said so."""


def _run(work: _Work) -> Iterator[Step | Backtest]:
    import pandas as pd

    configs, plan, series = list(work.networks.values()), work.plan, work.series
    cuts = cutoffs(series, configs, plan)
    work.notes.extend(filter(None, [left_out(series, configs, plan)]))
    done = 0
    for fold in folds_of(judged(series, configs, plan), plan, cuts, work.base.season):
        try:
            for note in _of_fold(work, fold):
                done += 1
                yield Step(done, work.total, f"Fold {fold.cutoff.number} of {plan.folds}: {note}")
        except _Stopped:
            return
    fan = pd.DataFrame(work.fan, columns=list(FAN_COLUMNS))
    frame = pd.concat(work.rows, ignore_index=True)
    yield Backtest(plan, cuts, work.networks, frame, fan, work.seconds, tuple(dict.fromkeys(work.notes)))


def _of_fold(work: _Work, fold: Fold) -> Iterator[str]:
    """One piece of work after another; the words say what was done."""
    for name, config in work.networks.items():
        started = time.perf_counter()
        forecast = _by_network(work, fold, name, config, work.levels)
        work.add(name, fold, forecast, started)
        own = work.plan.trained_in(fold.cutoff.number) == fold.cutoff.number
        yield f"{name} {'trained and ' if own else ''}judged"
        for number, single in enumerate(_singles(work, config), start=1):
            alone = forecast if single == config else _by_network(work, fold, name, single, ())
            work.fan.append((name, single.seed, fold.cutoff.number, mean_absolute_error(fold, alone)))
            yield f"{name} from seed {number} of {work.seeds}"
    for key in work.methods:
        started = time.perf_counter()
        note = _noting(work, f"{key}, fold {fold.cutoff.number}: ")
        request = Request(key, work.base, work.plan.steps, work.levels)
        work.add(key, fold, forecasts_of(request, fold.histories, fold.scale, work.halt, note), started)
        yield METHODS[key].label


def _noting(work: _Work, prefix: str) -> Callable[[str], None]:
    return lambda sentence: work.notes.append(f"{prefix}{sentence}")


def _singles(work: _Work, config: Config) -> list[Config]:
    return member_configs(config.replace(seeds=work.seeds)) if work.seeds > 1 else []


def _by_network(work: _Work, fold: Fold, name: str, config: Config, levels: Sequence[float]) -> Forecast:
    where = f"{name}, fold {fold.cutoff.number}"
    own = work.plan.trained_in(fold.cutoff.number)
    in_fold, fit = work.fits.get((name, config), (0, ""))
    try:
        if in_fold != own:
            fit = _trained(work, fold, config)
            work.fits[(name, config)] = (own, fit)
            if isinstance(fit, Fit) and (words := words_on(fit)):
                work.notes.append(f"{where}: {words}")
        if isinstance(fit, str):
            raise ValueError(fit)
        return nothing(fold) if is_untrained(fit) else forecast_of(fit, fold, levels)
    except ValueError as error:
        work.notes.append(f"{where} has no forecast: {error}")
        return nothing(fold)


def _trained(work: _Work, fold: Fold, config: Config) -> Fit | str:
    """A sentence where it cannot be trained: later folds that share the training have it, too."""
    try:
        fit = trained(config, fold, bool(work.series.lengths), work.stop)
    except ValueError as error:
        return str(error)
    if fit.finished.reason == "stopped":
        raise _Stopped
    return fit


def _check(
    networks: Mapping[str, Config],
    series: Series,
    plan: Plan,
    methods: Sequence[str],
    levels: Sequence[float],
    seeds: int,
) -> None:
    if not networks and not methods:
        raise ValueError("There is nothing to judge; name a network or a method.")
    for key in methods:
        if key not in METHODS:
            raise ValueError(f"{key!r} is not a method; the methods are {', '.join(METHODS)}.")
    for name in networks:
        if name in METHODS:
            raise ValueError(f"A network cannot be called {name!r}, which is the name of a method; call it otherwise.")
    if isinstance(seeds, bool) or not isinstance(seeds, int | np.integer) or not 1 <= seeds <= MOST_SEEDS:
        raise ValueError(f"seeds={seeds!r} is not allowed; allowed: a whole number from 1 to {MOST_SEEDS}.")
    names = [name for name in series.names if name not in series.static]
    for name, config in networks.items():
        try:
            check_request(config, names, series.targets, plan.steps, levels, known=series.known)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    if not networks:
        check_request(Config(horizon=plan.steps), names, series.targets, plan.steps, levels, known=series.known)
    cutoffs(series, list(networks.values()), plan)
