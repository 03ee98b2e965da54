"""Ctrl+C at every question that is asked before something is deleted or kept."""

from __future__ import annotations

from typing import Any

from signed import Lite, account, sign_in
from signed import cluster as cluster
from signed import lite as lite


def test_ctrl_c_at_a_question_leaves_at_once(window: Any, lite: Lite) -> None:
    here = window(100, 30, **account(lite))
    here.run("login", "--token-stdin")
    here.shows("Paste the access token", "Ctrl+D")
    here.press("C-c")
    here.shows("Cancelled: nobody was signed in.", "left with 130")
    here.press("clear", "Enter")
    here.hides("left with")
    sign_in(here, lite)
    here.run("account", "delete")
    here.shows("0 games of yours", "to go on:")
    here.press("C-c")
    here.shows("Nothing was deleted.", "left with 130")
