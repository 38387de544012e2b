"""Readers that other people's native code does the work of, run in a process of their own.

A file made to harm can end such a reader or ask it for all memory; in its own process it takes nothing else with it. The
modules here are read by that process as the package `apart`, without the rest of Unroll, so that it starts in moments:
they import nothing from it.
"""
