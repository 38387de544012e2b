"""A run of many series through the page's own buttons, with real workers: step by step it learns what it learns at once."""

from __future__ import annotations

import rnn
from rnn.data import read_csv
from rnn.runs.runner import runner
from rnn.ui.chosen_series import FILE
from tests.pages.conftest import link_value
from tests.pages.test_train_page import button, wait_for
from tests.pages.test_units_of_errors import shops, words


def test_step_resume_and_reopen(open_app):
    app = open_app()
    data = FILE + runner().store.add_file("shops.csv", shops())
    app = open_app(
        data=data, target="sales", id="all", input=["weather", "calendar: weekday"], window="8", hidden="8", epochs="4",
        test="0.1",
    )  # fmt: skip
    assert not app.exception
    button(app, "step").click().run()
    run = wait_for(app, ("paused",))
    assert run.epoch == 1 and "test RMSE" not in words(app)
    button(app, "resume").click().run()
    run = wait_for(app, ("done", "early-stop"))
    assert not app.exception and run.epoch == 4
    table = read_csv(shops(), name="shops")
    series = table.series("sales", ["weather", "calendar: weekday"], known=["calendar: weekday"], ids="all")
    whole = rnn.fit(run.config, series)
    assert [one.val_rmse for one in runner().store.epochs(run.id)] == [one.val_rmse for one in whole.history]
    app.run()
    assert f"test RMSE {whole.metrics['test_rmse']:.3f} usual steps" in words(app)
    again = open_app("runs/page.py")
    button(again, f"open-{run.id}").click().run()
    again.switch_page("train/page.py").run()
    assert not again.exception and "Changed since" not in words(again)
    assert link_value(again, "id") == "all" and again.query_params["input"] == ["weather", "calendar: weekday"]
