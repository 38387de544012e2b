"""Settings as TOML: read by Python's own parser, given back the same, and refused in a sentence."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import PRESETS, Config
from rnn.core.fields import FIELDS
from rnn.export import config_from_toml, config_to_toml

SOME = [
    *PRESETS.values(),
    Config(loss="quantile", quantiles=(0.05, 0.5), patience=None, truncate=3),
    Config(validation=12, test=0.1, lr=1e-6, difference="seasonal", season=7, bias=False),
]


@pytest.mark.parametrize("config", SOME)
def test_it_comes_back_the_same(config):
    text = config_to_toml(config, title="My <run>\nof today")
    assert config_from_toml(text) == config
    assert config_from_toml(text.encode()) == config
    values = tomllib.loads(text)
    assert set(values) == set(FIELDS)
    assert values["hidden"] == config.hidden and values["patience"] in (config.patience, "none")


@settings(deadline=None)
@given(st.floats(1e-8, 1.0), st.integers(1, 4096), st.text(max_size=60))
def test_any_number_and_any_title(lr, hidden, title):
    config = Config(lr=lr, hidden=hidden)
    assert config_from_toml(config_to_toml(config, title)) == config


def test_every_field_is_explained_above_it():
    lines = config_to_toml(Config()).splitlines()
    for field, spec in FIELDS.items():
        above = lines.index(next(line for line in lines if line.startswith(f"{field} = ")))
        while lines[above - 1].startswith("#"):
            above -= 1
        assert lines[above].startswith(f"# {spec.label}:")


def test_what_is_left_out_takes_its_default():
    assert config_from_toml("hidden = 7\n") == Config(hidden=7)
    assert config_from_toml("") == Config()


REFUSED = {
    b"hidden = ": "mine.toml is not TOML",
    b"hidden = 3\nhidden = 4": "mine.toml is not TOML",
    b"hidden = 0": "hidden=0 is not allowed",
    b"epochs = 'many'": "epochs='many' is not allowed",
    b"hiden = 3": "field 'hiden', which is no setting",
    b"[run]\nhidden = 3": "field 'run', which is no setting",
    b"truncate = 50": "truncate <= window",
    b"dtype = \"none\"": "dtype='none' is not allowed",
    b"\xff\xfe\x00": "not a text file in UTF-8",
    b"# " + b"x" * 2_000_000: "far more than settings take",
}  # fmt: skip


@pytest.mark.parametrize("content", REFUSED)
def test_what_cannot_be_taken_gets_a_sentence(content):
    with pytest.raises(ValueError) as error:
        config_from_toml(content, "mine.toml")
    assert REFUSED[content] in str(error.value) and "mine.toml" in str(error.value)
    assert "\n" not in str(error.value)
