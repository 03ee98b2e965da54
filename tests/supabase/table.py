"""One game and everyone around it: who owns it, hosts it, plays it, watches it, and who has no business there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from people import Connection, Person, Row, event_row, thread_row

from gamesock import record as r

STARTED = 1_700_000_000.0


class Table:
    """A thread hosted by a server's own account: the player sits at white, a guest at black; white is to move.

    The owner only owns: the server hosts in their stead, unless the owner hosts as well.
    """

    def __init__(
        self,
        db: Connection,
        visibility: r.Visibility = "public",
        *,
        hidden: bool = False,
        owner_hosts: bool = False,
    ) -> None:
        self.db = db
        self.anon = Person(db, "anon", "anon")
        self.stranger, self.spectator, self.player, self.host, self.owner = (
            Person(db, name) for name in ("stranger", "spectator", "player", "host", "owner")
        )
        self.header = r.Header(
            game="chess", thread="friday", created=STARTED, seed=7, epoch="e1", visibility=visibility
        )
        self.row = thread_row(self.owner.id, self.header, hidden, ["white"])
        self.id: UUID = self.row["id"]
        self.seq = 0
        self.owner.insert("threads", self.row)
        if owner_hosts:
            self.host = self.owner
        else:
            self.owner.insert("members", {"thread_id": self.id, "user_id": self.host.id, "host": True})
            mine = "update public.members set host = false where thread_id = %s and user_id = %s"
            assert self.owner.changes(mine, self.id, self.owner.id) == 1
        self.host.insert("seeds", {"thread_id": self.id, "seed": 7})
        self.joins("white", "Ann", self.player.id)
        self.joins("black", "Ben")

    def joins(self, seat: str, name: str, user: UUID | None = None) -> None:
        """Someone sits down."""
        self.append(r.Joined, user=user, seat=seat, player=r.Player(name=name))

    def append(
        self, kind: type[Any], *, by: Person | None = None, user: UUID | None = None, to_move: str = "", **of: Any
    ) -> Row:
        """The next event, written by the host or someone else; its row."""
        row = self.next(kind, user=user, to_move=to_move, **of)
        (by or self.host).insert("events", row)
        self.seq += 1
        return row

    def next(self, kind: type[Any], *, user: UUID | None = None, to_move: str = "", **of: Any) -> Row:
        """The row of an event that would come next."""
        seq = of.pop("seq", self.seq + 1)
        event = kind(seq=seq, at=STARTED + seq, **of)
        return event_row(self.id, event, user, to_move.split() if to_move or kind is r.Moved else None)

    def plays(self, seat: str, move: str, then: str, **of: Any) -> Row:
        """A move, written by the host."""
        return self.append(r.Moved, seat=seat, move=move, to_move=then, **of)

    def log(self, person: Person) -> list[tuple[Any, ...]]:
        """What the person reads of the log: seq, kind and seat."""
        return person.ask("select seq, kind, seat from public.events where thread_id = %s order by seq", self.id)

    def head(self) -> dict[str, Any]:
        """The thread's row, as it is."""
        columns = "seq, ply, to_move, updated, ended, winner"
        [row] = self.db.execute(f"select {columns} from public.threads where id = %s", (self.id,)).fetchall()
        return dict(zip(columns.split(", "), row, strict=True))
