"""A file of the player's own: replaced in one step, and nobody else's to read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_own(path: Path, text: str, *, durable: bool = False) -> None:
    """Put ``text`` in place of what was there, all of it or nothing; ``durable``: it survives a power cut.

    A file that is a link (dotfiles are often kept elsewhere) stays one.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = path.resolve()
    # A temporary file is its owner's from the first byte on.
    with tempfile.NamedTemporaryFile("w", dir=target.parent, suffix=".new", delete=False, encoding="utf-8") as new:
        try:
            new.write(text)
            new.flush()
            if durable:
                os.fsync(new.fileno())
            Path(new.name).replace(target)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
