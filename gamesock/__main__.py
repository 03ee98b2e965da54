"""``gamesock`` and ``python -m gamesock``."""

import gc
import sys


def main() -> None:
    """Run the command line; Ctrl-C is met from the first import on."""
    # What is imported stays: to look for garbage among it over and over is a tenth of the start.
    gc.set_threshold(100_000, 50, 50)
    try:
        from gamesock.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(2)


if __name__ == "__main__":
    main()
