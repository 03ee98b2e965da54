"""What the garbage collector is spared: a search among what lives as long as the program."""

from __future__ import annotations

import gc


def settle() -> None:
    """Take what lives now as living for good, and look often, but only briefly, at what is new."""
    gc.freeze()
    gc.set_threshold(700, 10, 10)
