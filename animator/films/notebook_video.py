"""A Film as a notebook shows it: a video that holds its own bytes, with its poster, alt text and warnings."""

from base64 import b64encode
from html import escape
from typing import TYPE_CHECKING

from animator.core import strays

if TYPE_CHECKING:
    from animator.films.film import Film


def bundle(film: "Film") -> dict[str, str]:
    """MIME types and what stands for each: a video with its poster as HTML, the alt text as text."""
    with strays.scratch() as folder:
        saved = film.save(folder / "film.mp4", size=(960, 540))[0]
        video, poster = (b64encode(path.read_bytes()).decode() for path in (saved.path, saved.poster))
    said = escape(film.alt_text(), quote=True)
    told = "".join(f"<p>{escape(sentence)}</p>" for sentence in film.warnings())
    html = (
        f'<video controls muted loop playsinline width="960" aria-label="{said}" '
        f'poster="data:image/png;base64,{poster}" src="data:video/mp4;base64,{video}">{said}</video>{told}'
    )
    return {"text/html": html, "text/plain": " ".join([film.alt_text(), *film.warnings()])}
