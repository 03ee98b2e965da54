"""``gamesock`` and ``python -m gamesock``."""

import gc
import os
import sys


def main() -> None:
    """Run the command line; Ctrl-C is met from the first import on."""
    # What is imported stays: to look for garbage among it over and over is a tenth of the start.
    gc.set_threshold(100_000, 50, 50)
    _open_what_is_closed()
    try:
        from gamesock.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(2)


def _open_what_is_closed() -> None:
    """Standard streams that were closed (``>&-``) are None: from here on they lead nowhere instead."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


if __name__ == "__main__":
    main()
