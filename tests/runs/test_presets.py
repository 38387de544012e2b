"""Settings saved under a name: kept whole, told apart without regard to capitals, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from rnn.core.config import PRESETS, Config
from rnn.runs import presets as module
from rnn.runs.preset_tables import presets
from rnn.runs.store import Store

ODD = Config(
    cell="gru", loss="quantile", quantiles=(0.05, 0.5), patience=None, seeds=3, seed=99, dtype="float64", patch=2
)


def test_what_is_saved_comes_back_whole_and_in_order(store, url):
    store.save_preset("  Weekly \n sales ", ODD)
    store.save_preset("daily", Config())
    assert store.presets() == {"daily": Config(), "Weekly sales": ODD}
    assert list(store.presets()) == ["daily", "Weekly sales"]
    with Store(url) as other:
        assert other.preset("WEEKLY  SALES") == ODD and other.preset("none such") is None


def test_a_name_is_taken_whatever_its_capitals_until_it_is_overwritten(store):
    store.save_preset("Straße", Config())
    with pytest.raises(ValueError, match=r"^There is a preset 'STRASSE' already; overwrite it, or take another name"):
        store.save_preset("STRASSE", ODD)
    assert store.presets() == {"Straße": Config()}
    assert store.save_preset("STRASSE", ODD, overwrite=True) == "STRASSE"
    assert store.presets() == {"STRASSE": ODD}


@pytest.mark.parametrize("name", [*PRESETS, "Default", " ARTICLE "])
def test_built_in_names_are_refused(store, name):
    with pytest.raises(ValueError, match="belongs to a preset that comes with Unroll"):
        store.save_preset(name, ODD, overwrite=True)
    assert store.presets() == {}


def test_names_that_are_none_are_sentences(store):
    for name in ("", "  ", "\n\0"):
        with pytest.raises(ValueError, match=r"^A preset needs a name\.$"):
            store.save_preset(name, ODD)
    store.save_preset("n" * 60, ODD)
    with pytest.raises(ValueError, match="up to 60 letters; this one has 61"):
        store.save_preset("n" * 61, ODD)


def test_renaming(store):
    store.save_preset("one", ODD)
    store.save_preset("two", Config())
    with pytest.raises(ValueError, match="already"):
        store.rename_preset("one", "TWO")
    with pytest.raises(ValueError, match="comes with Unroll"):
        store.rename_preset("one", "article")
    with pytest.raises(LookupError, match="no preset 'three'"):
        store.rename_preset("three", "four")
    assert store.rename_preset("One", "ONE") == "ONE", "its own name in other capitals"
    assert store.presets() == {"ONE": ODD, "two": Config()}


def test_deleting(store):
    store.save_preset("one", ODD)
    assert store.delete_preset(" ONE ") and not store.delete_preset("one")
    assert store.presets() == {}


def test_there_is_an_end_to_them(store, monkeypatch):
    monkeypatch.setattr(module, "MOST_PRESETS", 2)
    for name in ("a", "b"):
        store.save_preset(name, ODD)
    with pytest.raises(ValueError, match="There are 2 presets, and no room for more"):
        store.save_preset("c", ODD)
    store.save_preset("A", Config(), overwrite=True)
    assert store.preset("a") == Config()


def test_what_a_newer_version_has_saved_is_named_and_not_lost(store):
    store.save_preset("newer", ODD)
    store.save_preset("ours", ODD)
    with store.write() as connection:
        connection.execute(update(presets).where(presets.c.key == "newer").values(config='{"quantum": 1}'))
    assert store.presets() == {"ours": ODD} and store.unreadable_presets() == ["newer"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(max_size=80))
def test_any_text_is_a_name_or_a_sentence(tmp_path_factory, name):
    with Store(f"sqlite:///{tmp_path_factory.mktemp('any') / 'store.sqlite'}") as store:
        try:
            kept = store.save_preset(name, ODD)
        except ValueError as error:
            assert str(error).endswith(".") and store.presets() == {}
        else:
            assert store.presets() == {kept: ODD} and store.preset(name) == ODD and 1 <= len(kept) <= 60
            assert store.delete_preset(name)
