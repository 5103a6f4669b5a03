"""Tags: what an MP4 or a WebM says of itself, as the words that any player shows.

Metadata goes in, tags by name come out, and the other way; nothing is imported that draws or encodes.
"""

from animator.encoding.film_spec import Metadata, json_line, json_object


def to_tags(metadata: Metadata) -> dict[str, str]:
    """Standard MP4 tags; the comment is the command, then a line of JSON with the details."""
    return {
        "title": metadata.title,
        "description": metadata.description,
        "synopsis": metadata.alt_text,
        "comment": f"{metadata.command}\n{json_line(metadata.details)}",
    }


def from_tags(tags: dict[str, str]) -> Metadata | None:
    """What `to_tags` wrote, or None when somebody else wrote the file."""
    command, line, details = tags.get("comment", "").rpartition("\n")
    found = json_object(details) if line else None
    if found is None:
        return None
    title, description, alt_text = (tags.get(k, "") for k in ("title", "description", "synopsis"))
    return Metadata(title=title, description=description, alt_text=alt_text, command=command, details=found)
