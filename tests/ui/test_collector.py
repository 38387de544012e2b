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


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only the C library of Linux keeps freed memory so")
def test_freed_memory_goes_back_to_the_system():
    def resident() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    kept = [bytes(100_000) for _ in range(3000)]
    gaps = [*kept[::2], kept[-1]]
    del kept
    held = resident()
    del gaps
    gc.collect()
    collector.give_memory_back()
    assert held - resident() > 80_000_000
