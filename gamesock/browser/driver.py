"""What Textual draws on when a browser shows it: as textual-serve has it, and never left behind."""

from __future__ import annotations

from textual import messages
from textual.drivers.web_driver import WebDriver


class Driver(WebDriver):
    """Ends the app when nobody is left who could show it: the serving program may have been killed."""

    def run_input_thread(self) -> None:
        """Read until the input ends, and then end the app."""
        super().run_input_thread()
        self._app.post_message(messages.ExitApp())
