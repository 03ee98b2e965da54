"""A recording, told again: what a client would have seen, move by move, with the times of then. Pure.

``replay`` gives whole pictures to leaf through, ``messages`` the stream that a viewer of the living game got.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gamesock import record as r
from gamesock.protocol import StateUpdate
from gamesock.session import Session
from gamesock.tell import Payload, Teller, View
from gamesock.thread import CorruptLog, Thread, game_of

_WHOLE = View(greeted=True, picture=True)


def replay(header: r.Header, events: Iterable[r.Event]) -> Iterator[StateUpdate]:
    """Full updates with table, picture and notations: the start, each move and takeback, and the end.

    The first one shows who sat down before the first move; the last one, of a game that is over, how it ended.

    Raises:
        CorruptLog: the game can't be started so, or an event is impossible where it stands.
        NotRegistered: the game isn't installed.
    """
    teller = _teller(header)
    thread = teller.session.thread
    begun = False
    for event in events:
        turning = event if isinstance(event, r.Moved | r.Ran | r.TakenBack) else None
        if turning and not begun:
            begun = True
            yield _page(teller.state(_WHOLE, thread.changed_at))
        thread.apply(event)
        if turning:
            yield _page(teller.state(_WHOLE, event.at, event=turning))
    if not begun:
        yield _page(teller.state(_WHOLE, thread.changed_at))
    if thread.outcome:
        yield _page(teller.state(_WHOLE, thread.changed_at))


def messages(header: r.Header, events: Iterable[r.Event], view: View = _WHOLE) -> Iterator[Payload]:
    """What a server sends to a connection that is there from the start: the state, then each event as it came.

    Raises:
        CorruptLog, NotRegistered: as ``replay``; what came before has been given.
    """
    teller = _teller(header)
    yield teller.state(view, header.created)
    for together in _decisions(events):
        for event in together:
            teller.session.thread.apply(event)
        for event in together:
            told = teller.event(event, view, event.at)
            if told is not None:
                yield told


def _decisions(events: Iterable[r.Event]) -> Iterator[list[r.Event]]:
    """Events in the groups they were stored in: the end that a move brings is known when the move is told."""
    group: list[r.Event] = []
    for event in events:
        if group and not (isinstance(event, r.Ended | r.Declined) and event.at == group[-1].at):
            yield group
            group = []
        group.append(event)
    if group:
        yield group


def _teller(header: r.Header) -> Teller:
    try:
        return Teller(Session(Thread(game_of(header), header)))
    except ValueError as error:
        raise CorruptLog(f"the game can't be started: {error}") from error


def _page(state: Mapping[str, object]) -> StateUpdate:
    return StateUpdate.model_validate(state)
