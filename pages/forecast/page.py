"""Forecast: what a trained network says comes next, and how far it can be trusted."""

from pages.forecast import outlook, run_choice, sections, standing
from rnn.ui import one_of_many, session, share

session.prepare(session.current_run())
run = session.current_run()
beside = run_choice.draw(run)
if run is not None:
    fit = outlook.fit_of(run)
    if fit is None:
        standing.draw_untrained(run)
    else:
        standing.draw(run, fit)
        whole = session.series_of_run(run)
        one_of_many.draw_picker(whole, None)
        sections.draw(run, fit, whole)
    with beside:  # last, when the address says what the sections stand at
        share.draw(share.Shared("forecast", session.choice_of_run(run), run.config, run))
