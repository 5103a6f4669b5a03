"""A page that plays a film: a scrubber through its steps, numbers, switches for its runs. It works from disk.

In: a Film. Out: one .html file with everything in it, and no address of anything else. What a film says is
escaped; the page's policy lets its own script run and no other, and lets it load nothing.
"""

import json
import shlex
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from animator.core.color_vision import luminance
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing
from animator.publish import web_fonts
from animator.publish.page import TEMPLATES

if TYPE_CHECKING:
    from animator.films.film import Film

PARTS = ("numbers", "slices", "film", "drawing", "strokes", "levels", "marks", "bar", "legend", "surface",
         "chart", "readout", "player")  # fmt: skip
OWN_COLOURS = ("background", "panel", "ink", "muted", "grid", "alert", "dot", "dot_edge")


def check(target: Path) -> None:
    """AnimatorError when `target` cannot be the page, before anything is trained."""
    if target.suffix.lower() not in (".html", ".htm"):
        name = target.with_suffix(".html").name if target.name else "film.html"
        raise AnimatorError(f"'{target}' is no page: its name must end in .html. Use -o {shlex.quote(name)}.")
    ensure_folder(target)


def make(film: "Film", target: str | Path) -> None:
    """Write the page of `film` to `target`, an .html file. Raises AnimatorError."""
    from animator.publish.player_data import playing

    target = Path(target)
    check(target)
    data = playing(film)
    film.progress(f"writing {target.name}", 0, 1)
    with replacing(target) as temporary:
        temporary.write_text(html(data, film.command), encoding="utf-8")
    film.progress(f"writing {target.name}", 1, 1)


def html(data: dict[str, Any], command: str = "") -> str:
    """The page as text; data: what it plays."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    said = [data[key] for key in ("title", "caption", "description", "alt_text")]
    said += [word for run in data["runs"] for word in (run["name"], *run["labels"])]
    script = '(() => {\n"use strict";\n' + "\n".join(_part(f"{part}.js") for part in PARTS) + "})();"
    rooms = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    look = data["style"]
    dark = luminance(look["background"]) < 0.18
    colours = {name: look[name] for name in OWN_COLOURS}
    return rooms.get_template("player.html").render(
        film=data, command=command, is_dark=dark,
        colours={**colours, "focus": look["lines"][0], "track": look["grid"]},
        looks=Markup(web_fonts.faces("".join(said)) + "\n" + _part("player.css")),
        script=Markup(script), data=Markup(embedded(data)),
        digest=b64encode(sha256(script.encode()).digest()).decode(),
    )  # fmt: skip


def embedded(data: dict[str, Any]) -> str:
    """data as JSON that no letter of can end the element it stands in."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _part(name: str) -> str:
    return (TEMPLATES / "player" / name).read_text(encoding="utf-8")
