import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gamesock import registry
from gamesock.bot import BotError, Thought
from gamesock.bots.job import BotRequest, Job, Reply
from gamesock.server.workers import Workers

BOTS = '''
import os, subprocess, sys, threading, time
from pathlib import Path
from gamesock.bot import Bot, BotError, Choice, Level, Thought

HERE = Path(__file__).parent


class Troubled(Bot):
    title = summary = "Troubled"
    games = ("tic_tac_toe",)
    levels = (Level(1, "Only", "one"), Level(3, "Other", "three"))

    def choose(self, task, tell):
        return Choice(move=task.legal[0])


class Curious(Troubled):
    name = "curious"

    def choose(self, task, tell):
        raise BotError(" ".join(name for name in os.environ if name.startswith("GAMESOCK_")) or "nothing")


class Raises(Troubled):
    name = "raises"

    def choose(self, task, tell):
        raise ValueError("boom")


class Refuses(Troubled):
    name = "refuses"

    def choose(self, task, tell):
        raise BotError("I'd rather not")


class Unmakable(Troubled):
    name = "unmakable"

    def __init__(self):
        raise RuntimeError("no engine")


class Hangs(Troubled):
    """Hangs with a child, as an engine that no longer answers."""

    name = "hangs"

    def choose(self, task, tell):
        child = subprocess.Popen(["sleep", "100"])
        (HERE / "hangs.pids").write_text(f"{os.getpid()} {child.pid}")
        while True:
            time.sleep(1)


class Nonsense(Troubled):
    name = "nonsense"

    def choose(self, task, tell):
        return "0,0"


class Garbage(Troubled):
    """Writes over the reply pipe, which takes some doing."""

    name = "garbage"

    def choose(self, task, tell):
        for number in range(3, 12):
            try:
                os.write(number, b"{what}\\n")
            except OSError:
                pass
        return Choice(move=task.legal[0])


class Endless(Garbage):
    name = "endless"

    def choose(self, task, tell):
        tell(Thought(seat=task.seat, line=("x" * 2_000_000,)))
        return Choice(move=task.legal[0])


class Illegal(Troubled):
    name = "illegal"

    def choose(self, task, tell):
        return Choice(move="9,9")


class Dies(Troubled):
    name = "dies"

    def choose(self, task, tell):
        os._exit(3)


class Prints(Troubled):
    name = "prints"

    def choose(self, task, tell):
        print('{"job": 1, "error": "printed"}', flush=True)
        os.write(1, b"raw\\n")
        subprocess.run(["echo", "from a child"], check=True)
        assert sys.stdin.read() == ""
        return Choice(move=task.legal[0])


class Tells(Troubled):
    name = "tells"

    def choose(self, task, tell):
        for depth in range(10_000 if task.level == 3 else 3):
            tell(Thought(seat=task.seat, depth=depth))
        threading.Timer(0.3, tell, [Thought(seat=task.seat, depth=-1)]).start()
        return Choice(move=task.legal[0], thought=Thought(seat=task.seat, score=0.5))


class Slow(Troubled):
    name = "slow"

    def __init__(self):
        time.sleep(0.7)

    def choose(self, task, tell):
        time.sleep(0.15)
        return Choice(move=task.legal[0])


class Counts(Troubled):
    """Says how often it was asked, and in which process."""

    name = "counts"
    asked = 0

    def choose(self, task, tell):
        self.asked += 1
        return Choice(move=task.legal[0], thought=Thought(seat=task.seat, depth=self.asked, nodes=os.getpid()))
'''

NAMES = """Curious Raises Refuses Unmakable Hangs Nonsense Garbage Endless Illegal Dies Prints Tells Slow Counts"""
BUNDLED = [(game, bot.name) for game in registry.game_names() for bot in registry.bots(game)]
LEGAL = tuple(registry.game("tic_tac_toe").start({}, 0).legal_moves())


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a package of troubled bots, as any package with entry points is."""
    (tmp_path / "troubled.py").write_text(BOTS)
    info = tmp_path / "troubled-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: troubled\nVersion: 1.0\n")
    entries = [f"{name.lower()}.tic_tac_toe = troubled:{name}" for name in NAMES.split()]
    (info / "entry_points.txt").write_text("\n".join(["[gamesock.bots]", *entries]))
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture
async def pool(installed):
    """One worker process, and little patience."""
    workers = Workers(1, grace=0.3)
    yield workers
    await workers.close()


def request(bot, *, budget=0.2, game="tic_tac_toe", legal=LEGAL, **fields):
    fields = {"dump": {"moves": []}, "seat": "X", **fields}
    return BotRequest(game=game, bot=bot, budget=budget, legal=legal, **fields)


def alive(pid):
    """Whether a process runs; one that ended, and that nobody waited for yet, doesn't."""
    if sys.platform != "linux":
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout
        return bool(state) and not state.startswith("Z")
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def gone(pids):
    """Wait, not long, until none of the processes runs."""
    for _ in range(50):
        if not any(map(alive, pids)):
            return True
        await asyncio.sleep(0.05)
    return False


async def hanging(installed):
    """The processes of the bot that hangs, once it does."""
    written = installed / "hangs.pids"
    for _ in range(200):
        if written.exists() and len(pids := written.read_text().split()) == 2:
            return [int(pid) for pid in pids]
        await asyncio.sleep(0.05)
    raise TimeoutError("the bot that hangs was never asked")


async def test_a_bot_chooses_and_its_thoughts_arrive(pool):
    told = []
    choice = await pool.choose(request("perfect", seed=4), told.append)
    assert choice.move in LEGAL
    assert told == [choice.thought]
    assert choice.thought.score == 0.0


@pytest.mark.parametrize(("game", "bot"), BUNDLED)
async def test_every_bot_of_this_machine_answers_in_a_worker(pool, game, bot):
    position = registry.game(game).start({}, 0)
    (seat,) = position.to_move
    legal = tuple(position.legal_moves())
    choice = await pool.choose(request(bot, game=game, seat=seat, legal=legal, dump=position.dump(), budget=0.3))
    assert choice.move in legal


@pytest.mark.parametrize(
    ("bot", "reason"),
    [
        ("raises", "ValueError: boom"),
        ("refuses", "I'd rather not"),
        ("unmakable", "RuntimeError: no engine"),
        ("nonsense", "it answered with str, not with a Choice"),
        ("illegal", "it chose '9,9', which is not legal here"),
        ("dies", "its process died"),
        ("garbage", "its process answered nonsense"),
        ("endless", "its answer is longer than"),
        ("nobody", "no bot for tic_tac_toe named 'nobody'"),
    ],
)
async def test_a_bot_that_fails_says_why_and_the_next_job_works(pool, bot, reason):
    for _ in range(2):
        with pytest.raises(BotError, match=reason):
            await pool.choose(request(bot))
    assert (await pool.choose(request("random"))).move in LEGAL


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"level": 2}, "Troubled has no level 2: choose 1 to 3"),
        ({"dump": {"moves": ["0,0", "0,0"]}}, "taken"),
        ({"dump": None}, "it was given no position to think about"),
        ({"game": "ludo"}, "no bot for ludo|no game named 'ludo'"),
    ],
)
async def test_a_request_that_makes_no_sense_is_refused(pool, fields, reason):
    with pytest.raises(BotError, match=reason):
        await pool.choose(request("counts", **fields))


async def test_a_bot_that_hangs_is_killed_with_its_children(pool, installed):
    await pool.start()
    began = time.monotonic()
    with pytest.raises(BotError, match=r"it did not answer within 0\.2 s and was stopped"):
        await pool.choose(request("hangs"))
    assert time.monotonic() - began < 3
    assert await gone(await hanging(installed))
    assert (await pool.choose(request("random"))).move in LEGAL


async def test_cancelling_kills_the_bot_at_once(pool, installed):
    asking = asyncio.create_task(pool.choose(request("hangs", budget=60)))
    pids = await hanging(installed)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await gone(pids)
    assert (await pool.choose(request("random"))).move in LEGAL


async def test_closing_leaves_nothing_behind(pool, installed):
    asking = [asyncio.create_task(pool.choose(request(bot, budget=60))) for bot in ("hangs", "random")]
    pids = await hanging(installed)
    await pool.close()
    assert await gone(pids)
    for result in await asyncio.gather(*asking, return_exceptions=True):
        assert isinstance(result, BotError)
        assert str(result) == "the server is closing"
    with pytest.raises(BotError, match="closing"):
        await pool.choose(request("random"))


async def test_one_job_does_not_disturb_another(installed):
    pool = Workers(2, grace=0.3)
    bots = ["slow", "dies", "slow", "raises", "hangs", "slow"]
    results = await asyncio.gather(*(pool.choose(request(bot)) for bot in bots), return_exceptions=True)
    await pool.close()
    failed = [isinstance(result, BotError) for result in results]
    assert failed == [False, True, False, True, True, False]


async def test_what_a_bot_prints_goes_elsewhere(pool):
    assert (await pool.choose(request("prints", budget=2))).move == LEGAL[0]


async def test_a_flood_of_thoughts_is_thinned_and_late_ones_are_dropped(pool):
    told: list[Thought] = []
    await pool.choose(request("tells"), told.append)
    assert [thought.depth for thought in told] == [0, 1, 2]
    await pool.choose(request("tells", level=3, budget=5), told.append)
    assert 3 < len(told) < 200
    await pool.choose(request("slow"), told.append)
    assert -1 not in {thought.depth for thought in told}


async def test_loading_does_not_count_against_the_bot(installed):
    pool = Workers(1, grace=0.1)
    began = time.monotonic()
    assert (await pool.choose(request("slow", budget=0.1))).move == LEGAL[0]
    assert time.monotonic() - began > 0.8
    await pool.close()


async def test_processes_and_bots_stay_warm(pool):
    thoughts = [(await pool.choose(request("counts"))).thought for _ in range(3)]
    assert [thought.depth for thought in thoughts] == [1, 2, 3]
    assert len({thought.nodes for thought in thoughts}) == 1


async def test_keys_and_tokens_are_no_bots_business(pool, monkeypatch):
    monkeypatch.setenv("GAMESOCK_SUPABASE_SERVICE_KEY", "sb_secret_123")
    with pytest.raises(BotError, match="nothing"):
        await pool.choose(request("curious"))


async def test_a_process_that_died_while_idle_is_replaced(pool):
    first = (await pool.choose(request("counts"))).thought.nodes
    os.kill(first, signal.SIGKILL)
    assert await gone([first])
    await asyncio.sleep(0.1)
    assert (await pool.choose(request("counts"))).thought.nodes != first


async def test_jobs_wait_their_turn_and_too_many_are_refused(installed):
    pool = Workers(1, queue=2)
    await pool.start()
    done = []

    async def ask(number):
        await pool.choose(request("slow", budget=2))
        done.append(number)

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(ask(number))
            await asyncio.sleep(0)
        with pytest.raises(BotError, match="too many games are thinking; try again"):
            await pool.choose(request("random"))
    assert done == [0, 1, 2]
    assert (await pool.choose(request("random"))).move in LEGAL
    await pool.close()


async def test_the_loop_goes_on_while_bots_think(pool):
    await pool.start()
    wanted = request("alphabeta", game="connect4", seat="red", legal=tuple("abcdefg"), level=6, budget=0.5)
    asking = asyncio.create_task(pool.choose(wanted))
    longest = 0.0
    while not asking.done():
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        longest = max(longest, time.perf_counter() - began)
    assert (await asking).move == "d"
    assert longest < 0.2


@pytest.mark.parametrize("busy", [False, True])
async def test_a_worker_ends_with_its_server(installed, busy):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gamesock.bots.worker"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(installed)},
    )
    assert Reply.model_validate_json(await process.stdout.readline()) == Reply(job=0, ready=True)
    pids = []
    if busy:
        process.stdin.write(Job(job=1, request=request("hangs")).model_dump_json().encode() + b"\n")
        pids = await hanging(installed)
    process.stdin.close()
    await asyncio.wait_for(process.wait(), 5)
    assert await gone(pids)
