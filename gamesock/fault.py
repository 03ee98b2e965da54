"""What is wrong with data that somebody sent or wrote, in plain words instead of a validator's. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

_SORTS = {
    "bool": "true or false",
    "dict": "an object",
    "float": "a number",
    "int": "a whole number",
    "list": "a list",
    "model": "an object",
    "string": "a text",
    "tuple": "a list",
}
"""What a value should have been, by how the names of pydantic's errors begin."""

_SHOULD = {
    "extra_forbidden": "nothing of that name belongs here",
    "finite_number": "must be a number, and no infinite one",
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "this number is too large",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "missing": "is missing",
    "string_pattern_mismatch": "can't look like that",
    "string_too_long": "at most {max_length} characters",
    "string_unicode": "this is no text in UTF-8",
    "too_long": "at most {max_length} entries",
    "union_tag_invalid": "'{tag}' is none of {expected_tags}",
    "union_tag_not_found": "{discriminator} is missing",
    "value_error": "{error}",
}
"""By the names of pydantic's errors; in braces what it tells along."""


def fault(error: ValidationError) -> str:
    """The first thing that is wrong, and where: ``chat.text: at most 500 characters``."""
    return worded(error.errors(include_url=False, include_input=False)[0])


def worded(first: Mapping[str, Any]) -> str:
    """One of the errors that pydantic lists, in words."""
    where = ".".join(map(str, first["loc"]))
    what = _what(first["type"], first.get("ctx", {}), str(first["msg"]))
    return f"{where}: {what}" if where else what


def _what(kind: str, told: Mapping[str, Any], otherwise: str) -> str:
    if kind == "string_too_short":
        least = told["min_length"]
        return "must not be empty" if least == 1 else f"at least {least} characters"
    if kind == "json_invalid":
        why = str(told["error"]).replace(" at line 1 column", ", at column")
        return "not JSON: it breaks off" if why.startswith("EOF") else f"not JSON: {why}"
    if kind in _SHOULD:
        return _SHOULD[kind].format(**told)
    sort = _SORTS.get(kind.partition("_")[0])
    return f"must be {sort}" if sort else otherwise
