"""Keys: none that a terminal, tmux or screen keeps for itself."""

import importlib
import pkgutil
import re

import pytest
from textual.binding import Binding
from textual.dom import DOMNode

import gamesock.tui

SWALLOWED = re.compile(
    r"""
    (.*\+)? (alt|super|meta|hyper) \+ .*      # menus of windows; Escape and a key over slow links
    | ctrl \+ (\d | tab | enter | space)      # not sent by most; tabs of Windows Terminal
    | ctrl \+ shift \+ .* | shift \+ (insert | pageup | pagedown | tab | f\d+)    # copy, scroll, tabs
    | ctrl \+ (a | b)                         # screen and tmux begin their own commands with these
    | ctrl \+ (h | i | j | m | left_square_bracket)   # are Backspace, Tab, Enter and Escape
    | ctrl \+ (v | w | n | t | comma | plus | minus | equals_sign)    # paste, tabs, settings, size of the font
    | ctrl \+ (s | z | backslash)             # stop the screen, the program
    | f\d+                                    # full screen, help and menus
    """,
    re.VERBOSE,
)


def bound():
    """Every key that our widgets and screens bind, by who binds it."""
    for module in pkgutil.walk_packages(gamesock.tui.__path__, "gamesock.tui."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, DOMNode) and thing.__module__ == module.name:
                for binding in vars(thing).get("BINDINGS", ()):
                    keys = binding.key if isinstance(binding, Binding) else binding[0]
                    yield from ((thing.__name__, key.strip()) for key in keys.split(","))


@pytest.mark.parametrize(("where", "key"), sorted(set(bound())))
def test_nothing_swallows_it(where, key):
    assert not SWALLOWED.fullmatch(key)


@pytest.mark.parametrize("key", ["alt+x", "ctrl+1", "ctrl+b", "f1", "ctrl+tab", "ctrl+shift+c", "ctrl+alt+f"])
def test_such_keys_are_known(key):
    assert SWALLOWED.fullmatch(key)
