"""``gamesock`` and ``python -m gamesock``."""

from gamesock.cli import main

if __name__ == "__main__":
    main()
