"""Names of metrics as HDF5 can store them: a slash would begin a group, a lone dot means "here".

A name goes in, a name of one dataset comes out, and the other way round.
"""

from urllib.parse import unquote


def stored_name(name: str) -> str:
    """The name under which the metric `name` is stored."""
    plain = name.replace("%", "%25").replace("/", "%2F").replace("\0", "%00")
    return plain if plain.strip(".") else plain.replace(".", "%2E")


def metric_name(stored: str) -> str:
    """The metric that is stored under `stored`."""
    return unquote(stored)
