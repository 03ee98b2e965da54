"""``Model``: the base of every message, event and view."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A pydantic model whose validator is built when it is first used: most runs use few of them."""

    model_config = ConfigDict(defer_build=True)
