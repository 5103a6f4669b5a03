"""A page that plays a film: a scrubber through its steps, numbers, switches for its runs. It works from disk.

In: a Film. Out: one .html file with everything in it, and no address of anything else. What a film says is
escaped; the page's policy lets its own script run and no other, and lets it load nothing.
"""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from animator.core.color_vision import luminance
from animator.core.errors import AnimatorError
from animator.core.files import ensure_folder, replacing
from animator.publish import html, web_fonts
from animator.publish.page import TEMPLATES

if TYPE_CHECKING:
    from animator.films.film import Film

PARTS = TEMPLATES / "player"
SCRIPTS = (  # in this order, as one script
    *("numbers", "slices", "film", "drawing", "strokes", "levels", "marks", "bar", "legend"),
    *("surface", "chart", "ball", "readout", "player"),
)
OWN_COLOURS = ("background", "panel", "ink", "muted", "grid", "alert", "dot", "dot_edge")


def check(target: Path) -> None:
    """AnimatorError when `target` cannot be the page, before anything is trained."""
    if target.suffix.lower() not in (".html", ".htm"):
        name = target.with_suffix(".html").name if target.name else "film.html"
        raise AnimatorError(f"'{target}' is no page: its name must end in .html. Use -o {shlex.quote(name)}.")
    ensure_folder(target)


def make(film: "Film", target: str | Path) -> None:
    """Write a page that plays a film.

    Parameters
    ----------
    film
        What it plays; surfaces are evaluated, unless they are in the cache.
    target
        The .html file to write.

    Raises
    ------
    AnimatorError
        When `target` cannot be a page.
    """
    from animator.publish.player_data import playing

    target = Path(target)
    check(target)
    data = playing(film)
    film.progress(f"writing {target.name}", 0, 1)
    with replacing(target) as temporary:
        temporary.write_text(page(data, film.command), encoding="utf-8")
    film.progress(f"writing {target.name}", 1, 1)
    film.warn()


def page(data: Mapping[str, Any], command: str = "") -> str:
    """The page as text; data: what it plays, see player_data; command: what makes it again."""
    words = [data[key] for key in ("title", "caption", "description", "alt_text")]
    words += [word for run in data["runs"] for word in (run["name"], *run["labels"])]
    look = data["style"]
    colours = {name: look[name] for name in OWN_COLOURS}
    return html.scripted(
        TEMPLATES,
        "player.html",
        SCRIPTS,
        data,
        film=data,
        lang=data["lang"],
        command=command,
        is_dark=luminance(look["background"]) < 0.18,
        colours={**colours, "focus": look["lines"][0], "track": look["grid"]},
        looks=Markup(web_fonts.faces("".join(words)) + "\n") + html.own(PARTS / "player.css"),
    )
