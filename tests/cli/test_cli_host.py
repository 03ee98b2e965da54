"""``gamesock host``, and playing and watching on it from other processes."""

import json
import signal
import socket
import ssl
import subprocess
import time
import urllib.request
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from gamesock.cli.local import network_address
from gamesock.cli.options import Problem
from gamesock.cli.status import reached


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(cli, number):
    with cli.host() as host, connect(f"{host.url}/ws/chess/x") as socket:
        assert json.loads(socket.recv())["type"] == "state_update"
        assert host.stop(number) == 0
        said = []
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                said.append(json.loads(socket.recv(timeout=10))["type"])
        assert closed.value.rcvd.code == 1001
        assert said[-1] == "going_away"
        assert "Traceback" not in host.process.stderr.read()


@pytest.mark.parametrize("url", ["ws://0.0.0.0:8765", "wss://[::]:8765"])
def test_friends_are_told_an_address_that_they_can_reach(url):
    told = reached(url)
    assert told.endswith(":8765") and told.startswith("wss://") is url.startswith("wss://")
    assert reached("ws://192.168.1.5:80") == "192.168.1.5:80"
    with suppress(Problem):
        assert network_address() in told


def test_the_first_line_says_where(cli):
    process = cli.start("host", "--port", "0", "--json", "--store", "memory")
    first = json.loads(process.stdout.readline())
    assert first["url"] == first["urls"][0]
    assert first["store"] == "memory"
    with urllib.request.urlopen(f"http{first['url'][2:]}/healthz", timeout=10) as answer:
        assert answer.status == 200
    process.terminate()
    out, err = process.communicate(timeout=15)
    assert out == ""
    assert [json.loads(line)["event"] for line in err.splitlines()] == ["serving", "stopped"]


def test_what_people_read(cli):
    process = cli.start("host", "--port", "0", "--store", "memory", "--log-level", "error")
    said = [process.stdout.readline() for _ in range(5)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=15)
    assert (process.returncode, out, err) == (0, "", "")
    assert said[0].startswith("gamesock serves ws://127.0.0.1:")
    assert "gamesock play chess --server 127.0.0.1:" in said[3]


def test_the_port_is_in_use(cli, fails):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "is in use" in fails("host", "--port", str(port), "--store", "memory")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["--tls-cert", "/nowhere.pem"], "No such file"),
        (["--tls-cert", "{spoilt}"], "no certificate in PEM"),
        (["--tls-key", "/nowhere.pem"], "--tls-key needs --tls-cert"),
        (["--log-level", "loud"], "debug, info, warning, error"),
        (["--host", "198.51.100.1"], "can't listen on 198.51.100.1:0: Cannot assign requested address"),
        (["--host", "no.such.host.invalid"], "can't listen on no.such.host.invalid:0"),
    ],
)
def test_mistakes(cli, fails, args, reason):
    spoilt = cli.home / "spoilt.pem"
    spoilt.write_text("-----BEGIN CERTIFICATE-----\nnothing\n")
    args = [arg.format(spoilt=spoilt) for arg in args]
    code = 2 if args[0] in ("--tls-key", "--log-level") else 1
    assert reason in fails("host", "--port", "0", "--store", "memory", *args, code=code)


def test_tls(cli):
    cert, key = cli.home / "cert.pem", cli.home / "key.pem"
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    where = ["subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]
    subprocess.run([*made.split(), *where], check=True, capture_output=True)
    with cli.host("--store", "memory", "--tls-cert", str(cert), "--tls-key", str(key)) as host:
        assert host.url.startswith("wss://127.0.0.1:")
        play = ("play", "tic_tac_toe", "--plain", "--bot", "perfect", "--server", host.url)
        trusting = cli(*play, stdin="5\n", env={"SSL_CERT_FILE": str(cert)})
        assert (trusting.returncode, trusting.stderr) == (0, "")
        assert "O: " in trusting.stdout
        careful = cli(*play, stdin="5\n")
        assert careful.returncode == 1
        assert "certificate" in careful.stderr
        assert careful.stderr.count("\n") == 1
        listed = cli("threads", "--server", host.url, "--json", env={"SSL_CERT_FILE": str(cert)})
        assert json.loads(listed.stdout)["game"] == "tic_tac_toe"
        context = ssl.create_default_context(cafile=str(cert))
        with connect(f"{host.url}/ws/chess/x", ssl=context) as socket:
            assert json.loads(socket.recv())["type"] == "state_update"


def test_two_people_and_an_audience(cli):
    ann, bob = cli.home / "ann", cli.home / "bob"
    with cli.host("--store", "memory") as host:
        game = ["tic_tac_toe", "--server", host.url, "--thread", "friday", "--plain"]
        one = cli.start("play", *game, "--name", "Ann", env={"XDG_DATA_HOME": str(ann)})
        assert "Tic-tac-toe, game friday" in one.stdout.readline()
        two = cli.start("play", *game, "--name", "Bob", env={"XDG_DATA_HOME": str(bob)})
        assert "Tic-tac-toe, game friday" in two.stdout.readline()
        while (line := one.stdout.readline().strip()) != "Bob is O":
            assert line
        assert cli.lines("threads", "--server", host.url)[0]["thread_id"] == "friday"
        audience = cli.start("watch", "friday", "--server", host.url, "--json")
        assert json.loads(audience.stdout.readline())["type"]
        reader = cli.start("watch", "--server", host.url, "--plain")
        assert "Tic-tac-toe, game friday" in reader.stdout.readline()
        one.stdin.write("1\n2\n3\n")
        two.stdin.write("4\n5\n")
        outs = [process.communicate(timeout=30) for process in (one, two)]
        assert [process.returncode for process in (one, two)] == [0, 0]
        for out, err in outs:
            assert "game over: X wins (three in a row)" in out
            assert err == ""
        seen, err = audience.communicate(timeout=20)
        assert (audience.returncode, err) == (0, "")
        told = [json.loads(line) for line in seen.splitlines()]
        assert [m["notation"] for m in told if m.get("last_action") == "player_move"] == ["1", "4", "2", "5", "3"]
        assert told[-1]["type"] == "game_over"
        seen, err = reader.communicate(timeout=20)
        assert (reader.returncode, err) == (0, "")
        assert seen.rstrip().endswith("game over: X wins (three in a row)")
        late = cli("watch", "friday", "--server", host.url, "--json")
        assert late.returncode == 0
        assert json.loads(late.stdout.splitlines()[-1])["state"]["game_status"] == "X_win"


def test_watching_creates_nothing(cli, fails):
    with cli.host("--store", "memory") as host:
        assert "there is no game 'nobody' here" in fails("watch", "nobody", "--server", host.url, "--json")
        assert "there is no game 'nobody' here" in fails("watch", "nobody", "--server", host.url, "--plain")
        assert "no public game is under way" in fails("watch", "--server", host.url, "--plain")
        assert cli.lines("threads", "--server", host.url) == []


def test_coming_back_to_a_server(cli, fails):
    with cli.host("--store", "memory") as host:
        there = ("--server", host.url, "--plain")
        cli("play", "connect4", *there, "--thread", "friday", "--seat", "yellow", stdin="quit\n")
        back = cli("play", *there, "--resume", "--thread", "friday", stdin="quit\n")
        assert "you are yellow" in back.stdout
        last = cli("play", "--resume", "--plain", stdin="quit\n")
        assert "you are yellow" in last.stdout
        other = cli("play", "connect4", *there, "--thread", "friday", "--seat", "red", stdin="quit\n")
        assert "you are red" in other.stdout
        taken = {"XDG_DATA_HOME": str(cli.home / "else")}
        done = cli("play", "connect4", *there, "--thread", "friday", "--seat", "red", stdin="", env=taken)
        assert done.returncode == 1
        assert "red" in done.stderr
        assert "no game" not in fails("play", "chess", *there, "--thread", "friday")


def test_a_restart_in_the_middle(cli):
    store = ("--store", f"sqlite:{cli.home / 'games.db'}")
    with cli.host(*store) as host:
        port = int(host.url.rpartition(":")[2])
        player = cli.start("play", "connect4", "--server", host.url, "--bot", "random", "--plain")
        player.stdin.write("d\n")
        while "Yellow: " not in player.stdout.readline():
            pass
        host.process.kill()
        host.process.wait()
        while "connection lost" not in player.stdout.readline():
            pass
    with cli.host(*store, port=port):
        out, err = player.communicate("e\nmoves\n", timeout=40)
    assert (player.returncode, err) == (0, "")
    assert "Red: disc in column e" in out
    assert "Yellow: " in out


def test_watching_ends_with_ctrl_c(cli):
    with cli.host("--store", "memory") as host:
        cli("play", "connect4", "--server", host.url, "--thread", "x", "--plain", stdin="d\nquit\n")
        for how in ("--json", "--plain"):
            process = cli.start("watch", "x", "--server", host.url, how)
            process.stdout.readline()
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=15)
            assert (process.returncode, err) == (130, "")
