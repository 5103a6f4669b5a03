"""What JSON holds, as types: of what was read from a file, or goes into one."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
JSONObject: TypeAlias = Mapping[str, "JSON"]


def plain_json(value: object) -> JSON:
    """`value` with NumPy numbers and tuples as JSON has them."""
    if isinstance(value, Mapping):
        return {str(key): plain_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if hasattr(value, "item"):
        number: JSON = value.item()
        return number
    raise TypeError(f"{type(value).__name__} is no JSON")
