"""The readers' questions: what their widgets compute, and that a tone and letters open on Train as uploads do."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from pages.learn.asked import dna, every_step, scaling, several, sound
from pages.learn.asked.labels import LABELS
from rnn.core import article
from rnn.core.article_gradient import true_gradient
from rnn.core.article_mended import glorot_weights, summed_direction
from rnn.core.config import Config
from rnn.core.network import Network
from rnn.data import load_sample, read_csv
from tests.pages.charts import charts

PAGE = "learn/page.py"


@pytest.fixture
def asked(open_app):
    """asked(slug): the page with one question open."""
    return lambda slug: open_app(PAGE, question=slug)


@pytest.mark.parametrize("slug", LABELS)
def test_a_question_opens_by_its_address_and_only_that_one_is_computed(asked, slug):
    app = asked(slug)
    assert not app.exception and not app.warning
    assert [one.label for one in app.expander] == list(LABELS.values())
    drawn = set(charts(app))
    expected = {
        "max-val": "max_val_chart",
        "half": "half_loss",
        "every-step": "every_step_chart",
        "audio": "tone_chart",
    }
    assert drawn == ({expected[slug]} if slug in expected else set())


def test_a_question_that_is_none_gets_a_sentence(asked):
    app = asked("why")
    assert "question must be one of max-val, half" in app.warning[0].value
    assert not charts(app)


def test_forgetting_max_val_leaves_the_answers_small(asked):
    app = asked("max-val")
    said = " ".join(one.value for one in app.markdown)
    assert "RMSE: **13." in said  # of 20 sin(k): 20 times the sine less the sine, 19 · 0.7
    app.toggle(key="max_val_undone").set_value(True).run()
    said = " ".join(one.value for one in app.markdown)
    assert "RMSE: **13." not in said
    max_val, answers, first = scaling.scaled_and_predicted(20 * np.sin(np.arange(200.0)))
    assert max_val == pytest.approx(20, rel=1e-3) and first == 133
    assert max_val * answers == pytest.approx(20 * np.sin(np.arange(133.0, 200.0)), abs=1e-9)


def test_the_half_halves_the_slope(asked):
    app = asked("half")
    said = " ".join(one.value for one in app.markdown)
    assert "slope **+0.9000**" in said and "slope **+1.8000**" in said


def test_an_error_at_every_step_is_another_gradient():
    """By central differences: the sum over the steps of half squares whose errors are all the last one's."""
    x, y = article.windows(article.article_series().values[:, 0], 8)
    weights = glorot_weights(1, 4, 8)
    found = summed_direction(weights, x[3], float(y[3]), every_step.EVERY_STEP)
    error = article.forward(weights, x[3:4])[0] - float(y[3])

    def summed_outputs() -> float:
        h, total = np.zeros(4), 0.0
        for t in range(8):
            h = 1 / (1 + np.exp(-(weights.U[:, t] * x[3, t] + weights.W @ h)))
            total += weights.V[0] @ h
        return error * total  # the error held fixed

    for name in "UWV":
        array = getattr(weights, name)
        for index in np.ndindex(array.shape):
            both = []
            for step in (1e-6, -1e-6):
                array[index] += step
                both.append(summed_outputs())
                array[index] -= step
            assert np.broadcast_to(getattr(found, name), array.shape)[index] == pytest.approx(
                (both[0] - both[1]) / 2e-6, abs=1e-7
            )
    last_only = summed_direction(weights, x[3], float(y[3]), (*every_step.EVERY_STEP, "last_step"))
    assert pytest.approx(true_gradient(weights, x[3], float(y[3])).W) == last_only.W


def test_one_network_for_two_columns_is_trained_beside_two(asked, monkeypatch):
    monkeypatch.setattr(several, "CONFIG", several.CONFIG.replace(epochs=1, hidden=4))
    app = asked("several")
    assert not app.table
    app.toggle(key="several_run").set_value(True).run()
    assert not app.exception
    table = app.table[0].value
    sizes = [Network(several.CONFIG, inputs, targets).size for inputs, targets in ((2, 2), (2, 1), (1, 1))]
    assert table["Weights"].tolist() == [f"{sizes[0]:,}", f"{2 * sizes[1]:,}", f"{2 * sizes[2]:,}", "–"]
    wind = load_sample("seattle-weather").frame["wind"].to_numpy()
    count = len(wind) - several.CONFIG.window
    first = len(wind) - round(count * several.CONFIG.validation)
    errors = wind[first:] - wind[first - 1 : -1]
    assert float(table["RMSE, wind (m/s)"].iloc[-1]) == pytest.approx(np.sqrt(np.mean(errors**2)), abs=0.01)
    assert (table["RMSE, wind (m/s)"].astype(float) < 3).all()


def test_the_static_shapes_are_the_network_s(asked):
    app = asked("static")
    app.slider(key="static_S").set_value(3).run()
    app.slider(key="static_D").set_value(2).run()
    table = app.table[0].value
    shapes = Network(Config(window=50, hidden=16), 2, 1, 3).shapes
    assert table.iloc[3, 1] == str(shapes["layer0.W_x"]) == "(5, 16)"


def test_the_tone_is_a_recording_with_its_pitch_loudest():
    samples = sound.tone(440, 0.5, (1.0, 0.5))
    read, rate = soundfile.read(io.BytesIO(sound.as_wav(samples)))
    assert (rate, len(read)) == (8000, 4000)
    assert read == pytest.approx(samples, abs=2e-4) and np.abs(read).max() == pytest.approx(0.8, abs=0.01)
    spectrum = np.abs(np.fft.rfft(read))
    loudest = np.argsort(spectrum)[-2:] * rate / len(read)
    assert loudest.tolist() == [880, 440]
    assert sound.tone(3000, 0.1, (1.0, 1.0)) == pytest.approx(sound.tone(3000, 0.1, (1.0,)))  # 6,000 Hz would fold back


def test_the_tone_opens_on_train_as_an_upload(asked):
    app = asked("audio")
    app.button(key="try_tone").click().run()
    assert not app.exception
    assert app.session_state["data"].startswith("file-")
    assert app.session_state["patch"] == 8 and not app.button(key="train").disabled


def test_the_letters_open_on_train_as_an_upload(asked):
    app = asked("dna")
    app.text_area(key="dna_letters").set_value("acgt" * 20).run()
    app.button(key="try_dna").click().run()
    assert not app.exception
    assert app.session_state["data"].startswith("file-") and not app.button(key="train").disabled


def test_letters_that_are_none_get_a_sentence(asked):
    app = asked("dna")
    app.text_area(key="dna_letters").set_value("ACG?T").run()
    assert "Letter 4 is" in app.warning[0].value
    assert dna.letters_of("acg t\nA")[1].startswith("That is 5 letters; at least 60 are needed")
    assert dna.letters_of(" ") == ("", "")


def test_the_made_up_letters_keep_their_rule():
    letters = dna.made_up()
    codons = [letters[k : k + 3] for k in range(0, len(letters), 3)]
    assert len(codons) == 400 and {codon[0] for codon in codons} == {"A", "G"}
    assert all(codon[2] in (codon[0], "T") for codon in codons)
    assert 0.85 < np.mean([codon[2] == codon[0] for codon in codons]) < 0.95
    table = read_csv(f">letters\n{letters}\n".encode())
    assert np.array_equal(table.frame.to_numpy(), dna.one_hot(letters))
    assert dna.rhythm("ACGACT").tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.5, 0.5]]
