"""Settings come back out of each file that a run leaves in."""

from __future__ import annotations

import json

import pytest

import rnn
from rnn.export import config_to_toml, fit_to_bytes, settings_in, torch_to_bytes, weights_to_bytes
from rnn.export.bundle import FIT, Piece, zip_of
from rnn.export.script import notebook_of, script_of, source_of
from tests.export.runs_of_every_kind import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_they_come_out_of_every_file(kind, tmp_path):
    config, series = KINDS[kind]
    fit = rnn.fit(config, series)
    source = source_of(series)
    own = fit_to_bytes(fit)
    files = {
        "TOML": config_to_toml(config).encode(),
        "JSON": json.dumps(config.to_dict()).encode(),
        "script": script_of(fit, source).encode(),
        "notebook": notebook_of(fit, source).encode(),
        "weights": weights_to_bytes(fit.model),
        "run": own,
        "zip": zip_of([Piece(FIT, own)], "a run"),
    }
    assert {name: settings_in(content, name) for name, content in files.items()} == dict.fromkeys(files, config)


def test_of_one_network_in_pytorchs_names_too():
    fit = rnn.fit(*KINDS["layers and dropout"])
    assert settings_in(torch_to_bytes(fit.model)) == fit.config


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"hidden": 8', "x is not JSON"),
        (b'{"colour": 8}', "x: .*colour"),
        (b'{"cells": []}', "notebook without the settings"),
        (b"[1, 2]", "x is not TOML"),
        (b"SETTINGS = open('/etc/passwd').read()", "not plain values, and nothing here is run"),
        (b"SETTINGS = {'hidden': 0}", "x: .*hidden"),
        (b"SETTINGS = [1]", "holds no settings by name"),
        (b"import os\nprint(1)\n", "x is not TOML"),
        (b"PK\x03\x04", "x is not a zip"),
        (b"\x05\0\0\0\0\0\0\0{}   ", "x does not hold weights"),
        (b"\xff\xfe\0", "x is not"),
    ],
)
def test_what_holds_none_is_said_in_a_sentence(content, said):
    with pytest.raises(ValueError, match=said):
        settings_in(content, "x")


def test_a_zip_loads_as_the_run_in_it(tmp_path):
    fit = rnn.fit(*KINDS["bare"])
    path = tmp_path / "run.zip"
    path.write_bytes(zip_of([Piece(FIT, fit_to_bytes(fit))], "a run"))
    assert rnn.load(path).history == fit.history
    path.write_bytes(zip_of([Piece("other", b"1")], "no run"))
    with pytest.raises(ValueError, match=r"is a zip without run\.unroll"):
        rnn.load(path)
