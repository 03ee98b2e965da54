"""What a validator finds wrong, in words that say what would be right."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamesock.fault import fault


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str = Field("ann", min_length=1, max_length=5)
    code: str = Field("abcd", min_length=4, pattern="^[a-d]+$")
    count: int = Field(1, ge=1, le=9)
    share: float = Field(0.5, gt=0, lt=1)
    side: Literal["left", "right"] = "left"
    tags: tuple[str, ...] = Field((), max_length=2)
    open: bool = True
    more: dict[str, int] = {}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "x" * 6}, "name: at most 5 characters"),
        ({"name": ""}, "name: must not be empty"),
        ({"name": 5}, "name: must be a text"),
        ({"code": "a"}, "code: at least 4 characters"),
        ({"code": "wxyz"}, "code: can't look like that"),
        ({"count": 0}, "count: must be at least 1"),
        ({"count": 10}, "count: must be at most 9"),
        ({"count": "many"}, "count: must be a whole number"),
        ({"count": 1.5}, "count: must be a whole number"),
        ({"count": "1" * 5000}, "count: this number is too large"),
        ({"share": 0}, "share: must be more than 0.0"),
        ({"share": 1}, "share: must be less than 1.0"),
        ({"share": "half"}, "share: must be a number"),
        ({"share": float("nan")}, "share: must be a number, and no infinite one"),
        ({"side": "top"}, "side: must be 'left' or 'right'"),
        ({"tags": ["a", "b", "c"]}, "tags: at most 2 entries"),
        ({"tags": [1]}, "tags.0: must be a text"),
        ({"tags": "a"}, "tags: must be a list"),
        ({"open": "perhaps"}, "open: must be true or false"),
        ({"more": []}, "more: must be an object"),
        ({"less": 1}, "less: nothing of that name belongs here"),
        ([], "must be an object"),
    ],
    ids=str,
)
def test_what_is_wrong_in_words(given: Any, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Form.model_validate(given)
    assert fault(caught.value) == words


def test_what_has_no_words_here_keeps_its_own() -> None:
    class Moment(BaseModel):
        at: complex

    with pytest.raises(ValidationError) as caught:
        Moment(at="soon")  # type: ignore[arg-type]
    assert fault(caught.value).startswith("at: ")
