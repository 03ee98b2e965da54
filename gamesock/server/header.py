"""The header of a new thread."""

from __future__ import annotations

import secrets
from typing import Any

from pydantic import ValidationError

from gamesock import record as r
from gamesock.clock import TimeControl
from gamesock.fault import fault
from gamesock.protocol import Code, Refusal


def new_header(thread_id: str, game: str, now: float, **fields: Any) -> r.Header:
    """The header of a new thread, with chance and epoch of its own.

    Raises:
        Refusal: ``bad_message``: the clock or the visibility isn't one.
    """
    clock = fields.get("clock")
    try:
        if clock:
            TimeControl.parse(clock)
        return r.Header(
            game=game,
            thread=thread_id,
            created=round(now, 3),
            seed=secrets.randbits(48),
            epoch=secrets.token_hex(8),
            **fields,
        )
    except ValidationError as error:
        raise Refusal(Code.BAD_MESSAGE, fault(error)) from None
    except ValueError as error:
        raise Refusal(Code.BAD_MESSAGE, str(error)) from None
