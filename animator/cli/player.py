"""`animator player`: the page of a scene, a scene file or a recording, and a line that says where it is."""

import shlex
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path


def play(
    scene: str,
    values: Sequence[str] = (),
    *,
    output: Path | None,
    style: str = "dark",
    use_cache: bool = True,
) -> None:
    """Make the page and say so; by default output/SCENE.html."""
    from animator.cli.progress_bars import shown
    from animator.cli.render import film_for
    from animator.cli.render_request import RenderRequest
    from animator.core.errors import FilmWarning
    from animator.design import style_files
    from animator.publish import player

    target = output or Path("output") / f"{Path(scene).stem}.html"
    style_files.find(style)
    request = RenderRequest(scene=scene, values=tuple(values), style=style, use_cache=use_cache)
    words = ["animator", "player", Path(scene).name if "." in scene else scene, *values]
    words += ["-o", target.name] if output is not None else []
    words += ["--style", style] if style != "dark" else []
    with shown() as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", FilmWarning)  # they are told below in our own words
        film, _ = film_for(request, lambda _: player.check(target), progress, shlex.join(words))
        player.make(film, target)
    for warning in film.warnings():
        sys.stderr.write(f"animator: {warning}\n")
    sys.stdout.write(f"{target}  {target.stat().st_size / 1000:,.0f} kB\n{film.alt_text()}\n")
