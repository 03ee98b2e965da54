"""Addresses and invites as people type them."""

import pytest

from gamesock.address import BadAddress, Invite, read_invite, server_url, thread_of, thread_url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("games.example.org", "ws://games.example.org:8765"),
        (" 192.168.1.5:9000 ", "ws://192.168.1.5:9000"),
        ("wss://games.example.org", "wss://games.example.org"),
        ("https://games.example.org/", "wss://games.example.org"),
        ("[::1]:80", "ws://[::1]:80"),
    ],
)
def test_servers(typed, url):
    assert server_url(typed) == url


@pytest.mark.parametrize("typed", ["", "a b", "ftp://x", "http://:::", "host:99999", "ws://", "a..b", "x" * 64])
def test_no_servers(typed):
    with pytest.raises(BadAddress, match="no server address"):
        server_url(typed)


def test_threads():
    url = thread_url("ws://h:1", "chess", "a~b", {"clock": "5+3", "fen": None})
    assert url == "ws://h:1/ws/chess/a~b?clock=5%2B3"
    assert thread_of(url) == "a~b"
    assert thread_of(thread_url("ws://h:1", "chess", "..a")) == "..a"
    for none in ("a b", ".", "..", "." * 64, "a\n"):
        with pytest.raises(BadAddress, match="no thread id"):
            thread_url("ws://h:1", "chess", none)


def test_invites():
    assert read_invite("h/x") == Invite("ws://h:8765", "x")
    assert read_invite("wss://h/ws/games/x") == Invite("wss://h", "x")
    assert read_invite("x", "ws://h:1") == Invite("ws://h:1", "x")
    for code in ("x", "h/", "h/a b", ""):
        with pytest.raises(BadAddress, match="no invite"):
            read_invite(code)
