"""``gamesock`` and ``python -m gamesock``."""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command line; Ctrl+C ends it with 130 from the first import on."""
    # What is imported stays: to look for garbage among it is a tenth of the start.
    gc.set_threshold(200_000, 50, 50)
    # Pydantic would read what every installed package says of itself, in search of plug-ins for itself.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    _open_what_is_closed()
    met = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if met:
        # Nothing has begun, so the system may end us: an exception might be lost among the imports.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from gamesock.cli import main as run

    try:
        if met:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:
        sys.exit(130)


def _open_what_is_closed() -> None:
    """Standard streams that were closed (``>&-``) are None: from here on they lead nowhere instead."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))


if __name__ == "__main__":
    main()
