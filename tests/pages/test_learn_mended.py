"""The faults mended: what the tables show is what the core's runs give; the cosines are those of the core."""

from __future__ import annotations

import numpy as np
import pytest

from pages.learn import course, reproduction
from pages.learn.mended import section, trained
from pages.learn.mended.faults import ALL_BUT_ONE, FAULTS, ONE, ONE_MORE, ordered, variants
from rnn.core import article, article_mended
from rnn.core.article_gradient import compare
from rnn.core.article_mended import MENDS
from tests.pages.charts import charts

PAGE = "learn/page.py"


@pytest.fixture
def short_runs(monkeypatch):
    """One epoch a run: what is tested is that its numbers arrive."""
    asked = []

    def run(mended):
        asked.append(mended)
        return article_mended.run(mended, epochs=1)

    monkeypatch.setattr(trained, "run", run)
    return asked


def test_every_mend_of_the_core_has_its_fault_and_its_sentence():
    assert list(FAULTS) == list(MENDS) == list(section.SAID)


def test_the_sets_that_are_compared():
    everything = tuple(MENDS)
    one, but_one, more = (list(variants(view)) for view in (ONE, ALL_BUT_ONE, ONE_MORE))
    assert one == [(), *((name,) for name in MENDS), everything]
    assert but_one == [(), *(tuple(m for m in MENDS if m != name) for name in MENDS), everything]
    assert more == [everything[:count] for count in range(len(MENDS) + 1)]
    assert ordered({"start", "slope"}) == ("slope", "start")


def test_chosen_mends_are_trained_by_a_click_and_their_error_is_said(open_app, short_runs):
    app = open_app(PAGE, learn="Mended")
    assert not app.exception and not app.table and not short_runs
    app.pills(key="mended_own").set_value(["start", "chain_rule", "slope"]).run()
    assert not short_runs
    app.button(key="mend_train").click().run()
    assert not app.exception
    assert short_runs == [("chain_rule", "slope", "start")]
    expected = list(article_mended.run(("chain_rule", "slope", "start"), epochs=1))[-1]
    assert f"**{expected.val_rmse:.4f}**" in " ".join(one.value for one in app.markdown)
    assert f"to {expected.val_rmse:.4g}" in charts(app)["mended_own_chart"]["alt"]


def test_the_table_has_a_row_for_each_set_and_keeps_its_runs(open_app, short_runs, monkeypatch):
    few = {(): "Nothing: as published", ("start",): "Only: start", ("slope", "last_step"): "Two"}
    monkeypatch.setattr(section, "variants", lambda view: few)
    app = open_app(PAGE, learn="Mended")
    assert app.button(key="mend_all").label == "Train the 3 runs that are missing"
    app.button(key="mend_all").click().run()
    assert not app.exception and len(short_runs) == 3
    table = app.table[0].value.set_index("Mended")
    for mended, label in few.items():
        last = list(article_mended.run(mended, epochs=1))[-1]
        assert float(table.loc[label, "RMSE after 25 epochs"]) == pytest.approx(last.val_rmse, rel=1e-3)
        assert float(table.loc[label, "By its prediction step"]) == pytest.approx(
            last.val_rmse_prediction_step, rel=1e-3
        )
    assert table.loc["Only: start", "Beside always the mean"].endswith("%")
    app.segmented_control(key="mended_view").set_value(ALL_BUT_ONE).run()
    assert len(short_runs) == 3 and not app.exception


def test_the_mean_beside_them_is_that_of_the_training_values():
    y = np.sin(np.arange(50, 200))
    assert section.mean_rmse() == pytest.approx(np.sqrt(np.mean((y[100:] - y[:100].mean()) ** 2)))


def test_the_cosines_on_the_page_are_those_of_the_core(open_app, monkeypatch):
    weights = article.initial_weights()
    snapshots = [weights]
    for _ in article.train(article.initial_weights(), 1):
        snapshots.append(weights)
    x, y = article.windows(article.article_series().values[:, 0])
    monkeypatch.setattr(course, "snapshots", lambda: snapshots)
    empty = reproduction.Reproduction(
        [{"epoch": 1.0, "loss": 1.0, "val_loss": 1.0, "printed_loss": 1.0, "printed_val_loss": 1.0}],
        {"prediction_step_val_rmse": 0.0, "forward_val_rmse": 0.0}, 0.0, [0.0], [0.0], (0.0, 0.0),
    )  # fmt: skip
    monkeypatch.setattr(reproduction, "reproduce", lambda: empty)
    app = open_app(PAGE, learn="As published")
    assert not app.exception
    expected = compare(weights, x[0:100:4], y[0:100:4])
    table = next(one.value for one in app.table if "Length, true" in one.value.columns)
    for row, name in enumerate("UWV"):
        assert float(table["Cosine"][row].replace("−", "-")) == pytest.approx(expected.cosines[name], abs=0.006)
    assert f"dV {expected.cosines['V']:.4g} before training" in charts(app)["cosines"]["alt"]
    assert any(
        "Before the clip, with the weights as they stand before the first epoch" in one.value for one in app.caption
    )
