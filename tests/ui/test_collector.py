"""Modules set aside from the garbage collector."""

from __future__ import annotations

import gc
import sys
import types
import weakref

import pytest

from rnn.ui import collector


@pytest.fixture(autouse=True)
def unfrozen(monkeypatch):
    monkeypatch.setattr(collector, "_known", 0)
    yield
    gc.unfreeze()


def test_what_is_loaded_is_set_aside_once():
    before = gc.get_freeze_count()
    assert collector.set_modules_aside()
    assert gc.get_freeze_count() > before + 10_000
    assert len(gc.get_objects()) < 10_000
    assert not collector.set_modules_aside()


def test_many_new_modules_are_set_aside_again(monkeypatch):
    collector.set_modules_aside()
    for number in range(60):
        monkeypatch.setitem(sys.modules, f"planted_{number}", types.ModuleType("planted"))
    assert collector.set_modules_aside()


def test_garbage_of_later_sessions_is_still_found():
    class Node:
        pass

    collector.set_modules_aside()
    node = Node()
    node.itself = node
    gone = weakref.ref(node)
    del node
    gc.collect()
    assert gone() is None
