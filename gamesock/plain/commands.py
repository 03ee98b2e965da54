"""What can be typed beside moves: the commands, and how questions are understood. Pure."""

from __future__ import annotations

import difflib
import re
from typing import NamedTuple


class Command(NamedTuple):
    """A command as the help lists it."""

    usage: str
    meaning: str
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The word it begins with."""
        return self.usage.partition(" ")[0]


COMMANDS = (
    Command("board", "the board in letters, row by row"),
    Command("read [ROW]", "the board in words, or one row of it"),
    Command("boards", "show the board after every move, or no more"),
    Command("flip", "turn the board"),
    Command("where PIECE", "where is the white queen, where are my pawns"),
    Command("what PLACE", "what is on e4"),
    Command("legal [PIECE]", "the legal moves, or those of a piece: legal knight, legal g1"),
    Command("last", "the last move again", ("repeat",)),
    Command("moves", "all moves so far", ("history",)),
    Command("turn", "who is to move"),
    Command("players", "who plays, who watches", ("who",)),
    Command("clock", "the time left", ("clocks", "time")),
    Command("hint", "what a bot would play"),
    Command("ai", "let a bot make your move"),
    Command("draw", "offer a draw, accept one, or claim it"),
    Command("takeback", "ask to take your last move back, or agree to it", ("undo",)),
    Command("accept", "accept what was offered", ("agree",)),
    Command("decline", "refuse what was offered", ("refuse",)),
    Command("resign", "give up (asks first; resign yes doesn't)"),
    Command("claim", "claim the win from a player who left"),
    Command("rematch", "after the game: play again"),
    Command("chat TEXT", "say something to the others", ("say", "tell")),
    Command("help", "this list", ("?", "commands")),
    Command("quit", "leave; the game is kept", ("q", "exit", "bye")),
)

_VERBS = {word: command.name for command in COMMANDS for word in (command.name, *command.also)}

_QUESTIONS = (
    (re.compile(r"where(?:'s|s| is| are)?\s+(.+)"), "where"),
    (re.compile(r"what(?:'s|s| is| stands)?\s+(?:on|at|in)\s+(.+)"), "what"),
    (re.compile(r"(?:what are )?(?:the |my )?(?:legal )?moves (?:of|for|from)\s+(.+)"), "legal"),
    (re.compile(r"(?:what are )?(?:the |my )?legal moves()"), "legal"),
    (re.compile(r"(?:whose|who's|who is)(?: turn| move| to move)(?: is it)?()"), "turn"),
    (re.compile(r"(?:read|board)\s+(?:row|rank|line)\s+(.+)"), "read"),
    (re.compile(r"read (?:the )?board()"), "read"),
    (re.compile(r"(?:what was )?(?:the )?last move()"), "last"),
    (re.compile(r"offer (?:a )?draw()"), "draw"),
    (re.compile(r"take back()"), "takeback"),
    (re.compile(r"(?:how much )?time(?: is)?(?: left)?()"), "clock"),
)


def understood(line: str) -> tuple[str, str] | None:
    """The command that a line means and what it is about; None: no command, so it may be a move."""
    words = " ".join(line.split()).removesuffix("?").strip() or line.strip()
    for question, name in _QUESTIONS:
        if found := question.fullmatch(words.lower()):
            return name, words[found.start(1) : found.end(1)]
    verb, _, rest = line.strip().partition(" ")
    name = _VERBS.get(verb.lower(), "")
    return (name, rest.strip()) if name else None


def near(line: str) -> str | None:
    """The command that someone may have meant who typed this."""
    first = line.split(" ", 1)[0].lower()
    # Short words are moves rather than slips of the finger.
    found = difflib.get_close_matches(first, _VERBS, n=1, cutoff=0.75) if len(first) > 3 else []
    return found[0] if found else None


def help_lines(notations: str) -> list[str]:
    """What can be typed."""
    width = max(len(command.usage) for command in COMMANDS)
    listed = [f"{command.usage:{width}}  {command.meaning}" for command in COMMANDS]
    return [f"{'a move':{width}}  {notations or 'in the notation of the game'}", *listed]
