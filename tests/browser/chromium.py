"""A headless Chromium, driven by the DevTools protocol over the WebSocket library that gamesock has."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
    "--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
    "--disable-extensions", "--disable-sync", "--disable-quic", "--mute-audio", "--hide-scrollbars",
    "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows", "--force-device-scale-factor=1", "--remote-debugging-port=0",
)  # fmt: skip

FIND_PIXELS = """
async (png, points) => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const pixels = canvas.getImageData(0, 0, image.width, image.height).data;
  return points.map(([x, y]) => Array.from(pixels.subarray(4 * (y * image.width + x)).slice(0, 3)));
}
"""


def chromium() -> str | None:
    """The program, if it is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser, self._session = browser, session
        self.requests: list[str] = []
        """Every address that was asked for, sockets included."""
        self.output = ""
        """What the sockets brought: what the terminal was told to draw."""
        self.complaints: list[str] = []
        """Errors and refusals that the page met."""

    @property
    def sockets(self) -> list[str]:
        """The addresses of its sockets, the latest last."""
        return [url for url in self.requests if url.startswith("ws")]

    def drew(self, text: str, after: str = "") -> bool:
        """Whether the terminal was ever told to draw this; blanks don't count, they are drawn at times only."""
        drawn = re.sub(r"\x1b\[[\d;?<>=]*[a-zA-Z]|\s", "", self.output)
        return "".join(text.split()) in drawn[drawn.find("".join(after.split())) :]

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol."""
        return await self._browser.call(method, self._session, **parameters)

    async def open(self, url: str) -> None:
        """Go there; when this returns the page begins to load."""
        await self.call("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited."""
        done = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise AssertionError(done["exceptionDetails"])
        return done["result"].get("value")

    async def picture(self) -> bytes:
        """The page as a PNG."""
        # A tab behind another one may never be drawn.
        await self.call("Page.bringToFront")
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])

    async def colors(self, points: list[tuple[int, int]]) -> list[tuple[int, ...]]:
        """The colours of these pixels."""
        png = base64.b64encode(await self.picture()).decode()
        found = await self.value(f"({FIND_PIXELS})({json.dumps(png)}, {json.dumps(points)})")
        return [tuple(color) for color in found]

    async def click(self, x: float, y: float) -> None:
        """A click of the left button."""
        at: dict[str, Any] = {"x": x, "y": y, "button": "left", "clickCount": 1}
        await self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        await self.call("Input.dispatchMouseEvent", type="mousePressed", buttons=1, **at)
        await self.call("Input.dispatchMouseEvent", type="mouseReleased", buttons=0, **at)

    async def type(self, text: str) -> None:
        """Keys, one after another; a line feed is Enter."""
        for sign in text:
            enter = sign == "\n"
            key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}
            await self.call(
                "Input.dispatchKeyEvent", type="keyDown", **(key if enter else {"key": sign, "text": sign})
            )
            await self.call("Input.dispatchKeyEvent", type="keyUp", key="Enter" if enter else sign)

    async def resize(self, width: int, height: int) -> None:
        """Another window size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    async def close(self) -> None:
        """Close the tab."""
        await self.call("Page.close")

    def hear(self, event: str, said: dict[str, Any]) -> None:
        """An event of the DevTools protocol."""
        match event:
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(said["url"])
            case "Network.webSocketFrameReceived" if said["response"]["opcode"] == 2:
                self.output += base64.b64decode(said["response"]["payloadData"]).decode(errors="replace")
            case "Runtime.exceptionThrown":
                details = said["exceptionDetails"]
                self.complaints.append(details.get("exception", {}).get("description") or details["text"])
            case "Log.entryAdded" if said["entry"]["level"] == "error":
                self.complaints.append(said["entry"]["text"])
            case "Audits.issueAdded" if said["issue"]["code"] == "ContentSecurityPolicyIssue":
                self.complaints.append(json.dumps(said["issue"]["details"]))


class Chromium:
    """A running browser."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pages: dict[str, Page] = {}

    async def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """One command of the DevTools protocol."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": parameters}
        await self._socket.send(json.dumps(message | ({"sessionId": session} if session else {})))
        return await self._answers[number]

    async def listen(self) -> None:
        """Hand answers and events to whom they concern, until the browser is gone."""
        async for frame in self._socket:
            said = json.loads(frame)
            if "id" in said:
                answer = self._answers.pop(said["id"])
                if "error" in said:
                    answer.set_exception(RuntimeError(said["error"]["message"]))
                else:
                    answer.set_result(said["result"])
            elif said.get("sessionId") in self._pages:
                self._pages[said["sessionId"]].hear(said["method"], said["params"])

    async def page(self, *, width: int = 960, height: int = 640, stranger: bool = False) -> Page:
        """A new, empty tab; a stranger's has nothing in common with the others but the browser."""
        context = (
            {"browserContextId": (await self.call("Target.createBrowserContext"))["browserContextId"]}
            if stranger
            else {}
        )
        target = await self.call("Target.createTarget", url="about:blank", **context)
        attached = await self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = self._pages[attached["sessionId"]] = Page(self, attached["sessionId"])
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            await page.call(f"{domain}.enable")
        # Every tab believes that it is looked at, however many there are.
        await page.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await page.resize(width, height)
        return page


@asynccontextmanager
async def running(profile: Path) -> AsyncIterator[Chromium]:
    """A browser with an empty profile, while the block runs."""
    program = chromium()
    assert program, "ask chromium() first"
    process = await asyncio.create_subprocess_exec(
        program, *FLAGS, f"--user-data-dir={profile}", "about:blank",
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.defpath, "HOME": str(profile), "LANG": "C.UTF-8"}, start_new_session=True,
    )  # fmt: skip
    try:
        async with connect(await _address(profile, process), max_size=None) as socket:
            browser = Chromium(socket)
            listening = asyncio.create_task(browser.listen())
            yield browser
            listening.cancel()
    finally:
        _kill(process)
        await process.wait()


async def _address(profile: Path, process: asyncio.subprocess.Process) -> str:
    """Where the browser listens; it writes that down when it does."""
    note = profile / "DevToolsActivePort"
    async with asyncio.timeout(60):
        while not note.exists() or len(note.read_text().splitlines()) < 2:
            if process.returncode is not None:
                raise RuntimeError(f"Chromium ended with {process.returncode}")
            await asyncio.sleep(0.05)
    port, path = note.read_text().splitlines()
    return f"ws://127.0.0.1:{port}{path}"


def _kill(process: asyncio.subprocess.Process) -> None:
    """The browser and the processes it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
