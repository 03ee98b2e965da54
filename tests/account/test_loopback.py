"""The browser's way back from a provider's page."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from gamesock.account.loopback import Loopback, SignInRefused, code_of


async def test_the_browser_brings_the_code() -> None:
    async with Loopback() as loopback, httpx.AsyncClient() as browser:
        assert loopback.url.startswith("http://127.0.0.1:")
        stray = await browser.get(loopback.url.rpartition("/")[0] + "/guess?code=evil")
        assert stray.status_code == 404
        page = await browser.get(loopback.url, params={"code": "c0de"})
        assert page.status_code == 200 and "Signed in" in page.text
        again = await browser.get(loopback.url, params={"code": "second"})
        assert again.status_code == 404, "one answer, and no other"
        assert await loopback.code() == "c0de"


async def test_a_browser_that_looks_ahead_says_nothing() -> None:
    async with Loopback() as loopback, httpx.AsyncClient() as browser:
        await browser.get(loopback.url)
        await browser.head(loopback.url, params={"code": "c0de"})
        await browser.get(loopback.url, params={"code": "right"})
        assert await loopback.code() == "right"


async def test_a_refusal_is_told() -> None:
    async with Loopback() as loopback, httpx.AsyncClient() as browser:
        page = await browser.get(
            loopback.url, params={"error": "access_denied", "error_description": "No, thanks"}
        )
        assert "Not signed in" in page.text
        with pytest.raises(SignInRefused, match="No, thanks"):
            await loopback.code()


async def test_noise_does_not_end_the_wait() -> None:
    async with Loopback() as loopback, httpx.AsyncClient() as browser:
        port = int(loopback.url.split(":")[2].partition("/")[0])
        for noise in (b"", b"\r\n\r\n", b"GET\r\n\r\n", b"\xff" * 100 + b"\r\n\r\n", b"x" * 20_000):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(noise)
            writer.close()
        await browser.get(loopback.url, params={"code": "c0de"})
        assert await loopback.code() == "c0de"


def test_an_address_can_be_pasted() -> None:
    assert code_of(" http://127.0.0.1:1/callback/x?code=c0de&state=1\n") == "c0de"
    for text in ("", "c0de", "http://127.0.0.1:1/callback/x"):
        with pytest.raises(SignInRefused, match="copy all of it"):
            code_of(text)
