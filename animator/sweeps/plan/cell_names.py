"""Names of files that are safe on every file system: [A-Za-z0-9._=-], at most 100 letters, none reserved."""

import re
from collections.abc import Mapping

from animator.design.parameters import written

LONGEST = 100
_UNSAFE = re.compile(r"[^A-Za-z0-9._=-]+")


def safe(text: str, otherwise: str = "scene") -> str:
    """`text` with a "_" for what some file system cannot hold; never hidden, never a device's name."""
    plain = _UNSAFE.sub("_", text).strip("._ ")[:LONGEST].rstrip(".")
    if re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", plain):
        plain = f"_{plain}"
    return plain or otherwise


def of_cell(index: int, count: int, parameters: Mapping[str, object]) -> str:
    """The name of cell `index` of `count`: "007-learning_rate=0.1-seed=2". The number makes it unique."""
    number = f"{index:0{max(3, len(str(count - 1)))}d}"
    parts = [f"{name}={_short(value)}" for name, value in parameters.items()]
    return safe("-".join([number, *parts]))


def _short(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else written(value)
