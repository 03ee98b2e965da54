"""``gamesock`` and ``python -m gamesock``."""

import sys


def main() -> None:
    """Run the command line; Ctrl-C is met from the first import on."""
    try:
        from gamesock.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(2)


if __name__ == "__main__":
    main()
