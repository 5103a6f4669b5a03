"""`animator player`: the page of a scene, a scene file or a recording, and a line that says where it is."""

import shlex
import sys
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from animator.films import wish_words

if TYPE_CHECKING:
    from animator.cli.wish_options import Typed


def play(
    scene: str,
    values: Sequence[str] = (),
    *,
    output: Path | None,
    typed: "Typed",
    use_cache: bool = True,
    tells_command: bool = True,
) -> None:
    """Make the page and say so; by default output/SCENE.html."""
    from animator.cli import wish_options
    from animator.cli.progress_bars import shown
    from animator.cli.render import film_for
    from animator.cli.render_request import RenderRequest
    from animator.core.errors import FilmWarning
    from animator.publish import player

    target = output or Path("output") / f"{Path(scene).stem}.html"
    request = RenderRequest(scene=scene, values=tuple(values), typed=typed, use_cache=use_cache)
    words = ["animator", "player", Path(scene).name if "." in scene else scene, *values]
    words += ["-o", target.name] if output is not None else []
    words += wish_words.typed(wish_options.read(typed))
    with shown() as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", FilmWarning)  # they are told below in our own words
        film, _ = film_for(request, lambda _: player.check(target), progress, shlex.join(words))
        film = film if tells_command else replace(film, command="")
        player.make(film, target)
    for warning in film.warnings():
        sys.stderr.write(f"animator: {warning}\n")
    sys.stdout.write(f"{target}  {target.stat().st_size / 1000:,.0f} kB\n{film.alt_text()}\n")
