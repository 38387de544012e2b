"""A trained network with what it needs to speak in original units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.ensemble import combined, parted
from rnn.core.evaluation import in_order
from rnn.core.framing import Anchor, Framing
from rnn.core.losses import middle_level
from rnn.core.network import Network, Params

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Framed:
    """B windows as the network reads them. values: their records end to end, (B · n, D), original units, n = reach or, with
    known columns, reach + horizon; starts: (B,), where each begins. prepared, x (T, B, C), anchor: as `Framing` has them."""

    framing: Framing
    values: Floats
    starts: NDArray[np.intp]
    prepared: NDArray[np.float64]
    x: NDArray[np.float64]
    anchor: Anchor | None

    def restored(self, y_hat: Floats) -> NDArray[np.float64]:
        """The network's answers (B, horizon · K) → (B, horizon, K), original units."""
        return self.framing.restore(y_hat, self.values, self.starts, self.anchor)


@dataclass(frozen=True, eq=False)
class Model:
    """Weights and framing. params: those of an ensemble carry the prefixes of `rnn.core.ensemble`."""

    config: Config
    params: Params
    framing: Framing

    @property
    def names(self) -> tuple[str, ...]:
        """The input columns, static ones included."""
        return self.framing.names

    @property
    def targets(self) -> tuple[str, ...]:
        """The columns that are predicted."""
        return self.framing.targets

    @property
    def known(self) -> tuple[str, ...]:
        """The input columns that are known ahead, in the order of `future`."""
        return self.framing.known

    @property
    def network(self) -> Network:
        """The network of each member."""
        framing = self.framing
        return Network(self.config, len(self.names) - len(framing.static), len(self.targets), framing.beside)

    @property
    def members(self) -> list[Params]:
        """The weights of each network of the ensemble, one where there is no other."""
        return parted(self.params, self.config.seeds)

    @property
    def ids(self) -> tuple[str, ...]:
        """The series that a network of many was fitted on, each with a scaler of its own; () for a network of one."""
        return self.framing.ids

    def of(self, id_: str) -> Model:
        """The same network for one of many series, with its scaler. Raises ValueError for an id that there is not."""
        return Model(self.config, self.params, self.framing.of(id_))

    def predict(
        self, windows: Floats, future: Floats | None = None, numbers: NDArray[np.intp] | int | None = None
    ) -> NDArray[np.float64]:
        """windows (B, reach, D), original units, oldest record first → (B, horizon, K), original units. `config.reach` is
        the window, and what differencing and seasonal residuals read before it.

        future: (B, horizon, len(known)), what the known columns hold at the steps predicted, in original units; needed
        where there are any. numbers: (B,) or one for all, which of `ids` each window belongs to, counted from 0; needed
        where there are several. Raises ValueError for other shapes and for values that are not finite.
        """
        return np.ascontiguousarray(self.predict_levels(windows, future, numbers)[..., middle_level(self.config)])

    def predict_levels(
        self, windows: Floats, future: Floats | None = None, numbers: NDArray[np.intp] | int | None = None
    ) -> NDArray[np.float64]:
        """As `predict`, with every level of loss="quantile", in rising order: (B, horizon, K, levels); one level for other
        losses. Levels that cross are sorted. With differencing the levels
        beyond the first step are sums of levels, which are wider than levels of the sum."""
        framed = self.framed(windows, future, numbers)
        levels = combined([self.network.predict_levels(params, framed.x) for params in self.members])
        outputs = np.moveaxis(in_order(levels), 2, 0)
        return np.stack([framed.restored(level) for level in outputs], axis=-1)

    def framed(
        self, windows: Floats, future: Floats | None = None, numbers: NDArray[np.intp] | int | None = None
    ) -> Framed:
        """What the network reads of these windows, and what its answers are measured from; arguments as for `predict`."""
        windows = np.asarray(windows)
        self._check_windows(windows)
        ahead = self._check_future(future, len(windows))
        framing = self.framing
        if framing.known:
            windows = self._with_future(windows, ahead)
        if framing.ids:
            framing = framing.laid_out(self._numbers(numbers, len(windows)), windows.shape[1])
        # One long series of windows end to end; no window reads across a seam.
        values = windows.reshape(-1, len(self.names))
        starts = np.arange(len(windows)) * windows.shape[1]
        prepared = framing.prepare(values)
        x = np.empty((self.config.steps, len(windows), self.network.channels))
        return Framed(framing, values, starts, prepared, x, framing.inputs(prepared, starts, x))

    def _numbers(self, numbers: NDArray[np.intp] | int | None, batch: int) -> NDArray[np.intp]:
        """Which series each window belongs to."""
        if numbers is None and len(self.ids) > 1:
            raise ValueError(
                f"The network was trained on {len(self.ids)} series, each scaled by itself; say with `numbers` which of them "
                "the windows belong to."
            )
        found = np.broadcast_to(np.asarray(0 if numbers is None else numbers, np.intp), batch)
        if len(found) and not (found.min() >= 0 and found.max() < len(self.ids)):
            raise ValueError(f"numbers must be from 0 to {len(self.ids) - 1}, got {found.min()} to {found.max()}.")
        return found

    def _with_future(self, windows: Floats, ahead: NDArray[np.float64]) -> Floats:
        """windows (B, reach, D) → (B, reach + horizon, D): the steps predicted too, of which only the known columns are
        read; the others go on as they were."""
        columns = [self.names.index(name) for name in self.known]
        after = np.repeat(windows[:, -1:].astype(np.float64), self.config.horizon, axis=1)
        after[:, :, columns] = ahead
        return np.concatenate([windows, after], axis=1)

    def _check_future(self, future: Floats | None, batch: int) -> NDArray[np.float64]:
        known = self.known
        shape = (batch, self.config.horizon, len(known))
        if future is None:
            if known:
                raise ValueError(
                    f"The network reads what {', '.join(known)} will hold at the steps it predicts; give `future` with the "
                    f"shape (B, horizon, columns known ahead)={shape}."
                )
            return np.empty(shape)
        ahead = np.asarray(future, np.float64)
        if ahead.shape != shape:
            raise ValueError(
                f"future must have the shape (B, horizon, columns known ahead)={shape}, got {ahead.shape}."
            )
        if not np.isfinite(ahead).all():
            window, step, column = (int(place[0]) for place in np.nonzero(~np.isfinite(ahead)))
            raise ValueError(
                f"future must be finite numbers, but window {window + 1} has {ahead[window, step, column]} at step {step + 1}, "
                f"column {known[column]!r}; fill in what is missing first."
            )
        return ahead

    def _check_windows(self, windows: Floats) -> None:
        config, names = self.config, self.names
        if windows.ndim != 3 or windows.shape[1:] != (config.reach, len(names)):
            kind = "window" if config.reach == config.window else "reach"
            raise ValueError(
                f"windows must have the shape (B, {kind}={config.reach}, D={len(names)}), got {windows.shape}."
            )
        if not np.isfinite(windows).all():
            window, row, column = (int(place[0]) for place in np.nonzero(~np.isfinite(windows)))
            raise ValueError(
                f"windows must be finite numbers, but window {window + 1} has {windows[window, row, column]} in row {row + 1}, "
                f"column {names[column]!r}; fill or leave out missing values first."
            )
