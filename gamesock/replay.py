"""Turns a recording into the messages a live server would send, for a mirror to fold. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gamesock import record as r
from gamesock.protocol import StateUpdate
from gamesock.session import Session
from gamesock.tell import Payload, Teller, View
from gamesock.thread import Thread, game_of

_WHOLE = View(greeted=True, picture=True)
_SHOWN = (r.Moved, r.Ran, r.TakenBack, r.Ended)
"""The events after which a board, a clock or a result looks different."""


def messages(header: r.Header, events: Iterable[r.Event], view: View = _WHOLE) -> Iterator[Payload]:
    """What a viewer of the thread was told: the first state, then each event, in its time.

    Raises:
        CorruptLog: an event isn't possible; what came before it has been given.
        NotRegistered: the game isn't installed.
    """
    teller = _teller(header)
    yield teller.state(view, header.created)
    for event in events:
        teller.session.thread.apply(event)
        told = teller.event(event, view, event.at)
        if told is not None:
            yield told


def replay(header: r.Header, events: Iterable[r.Event]) -> Iterator[StateUpdate]:
    """A recording as pages: the start, then a whole state after each move, takeback and the end.

    Raises:
        CorruptLog, NotRegistered: as ``messages``.
    """
    teller = _teller(header)
    yield _page(teller.state(_WHOLE, header.created))
    for event in events:
        teller.session.thread.apply(event)
        if isinstance(event, _SHOWN):
            action = None if isinstance(event, r.Ended) else event
            yield _page(teller.state(_WHOLE, event.at, event=action))


def _teller(header: r.Header) -> Teller:
    session = Session(Thread(game_of(header), header))
    return Teller(session)


def _page(state: Mapping[str, object]) -> StateUpdate:
    return StateUpdate.model_validate(state)
