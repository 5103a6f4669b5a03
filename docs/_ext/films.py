"""The directives film, picture, run and scene: a command, run when the site is built, and what it makes.

    ```{film} animator render momentum -o momentum.mp4      the film, and the command below it
    :file: deck.png                                         another file that the command, or the page, makes
    :alt: what it shows
    ```
    ```{picture} race.mp4                                   a file that the page's own code makes
    ```{run} animator info momentum.mp4                     the command, and what it prints
    ```{scene} momentum                                     the film of a bundled scene, its line and its code

The page runs as a whole, once, in a folder of the cache (see pages). `-D films=0` builds without films.
"""

import shlex
import shutil
from html import escape
from pathlib import Path
from typing import ClassVar

import pages
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from animator.design import scene_files

STILL = '<img class="still" src="{still}" alt="{alt}" loading="lazy">'
VIDEO = '<video src="{src}" poster="{still}" aria-label="{alt}" muted loop playsinline autoplay></video>'
MOVING = '<img class="moving" src="{src}" alt="{alt}" loading="lazy">'
IMAGE = '<img src="{src}" alt="{alt}" loading="lazy">'
FRAME = '<iframe src="{src}" title="{alt}" loading="lazy"></iframe>'


class Shown(SphinxDirective):
    """What the three directives share: the page's folder, and a file of it on the site."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {"file": directives.unchanged, "alt": directives.unchanged}

    def folder(self) -> Path | None:
        """Where the page was run; None when the site is built without films, or lacks what the page needs."""
        page = Path(self.env.doc2path(self.env.docname))
        if not self.config.films or pages.lacks(page):
            return None
        try:
            return pages.outcome(page, self.env.docname)
        except RuntimeError as error:
            raise self.error(str(error)) from error

    def published(self, path: Path) -> str:
        """The address, from this page, of a copy of `path` beside the site's pages."""
        place = Path("_films", *self.env.docname.split("/"), path.name)
        target = Path(self.env.app.outdir) / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "index.html":  # a gallery, with the films beside it
            place = place.parent / path.parent.name / path.name
            kept = shutil.ignore_patterns("recordings", "logs")
            shutil.copytree(path.parent, target.parent / path.parent.name, ignore=kept, dirs_exist_ok=True)
        else:
            shutil.copyfile(path, target)
        return "../" * self.env.docname.count("/") + place.as_posix()

    def figure(self, name: str, alt: str) -> list[nodes.Node]:
        """The file `name` of the page's folder; nothing on a site without films."""
        folder = self.folder()
        if folder is None:
            return []
        path = folder / name
        still = path.with_suffix(".png")
        parts = {".png": IMAGE, ".svg": IMAGE, ".html": FRAME, ".gif": MOVING + STILL}
        form = parts.get(path.suffix, VIDEO + STILL)
        sources = {"src": self.published(path), "still": self.published(still) if still.exists() else ""}
        html = f'<figure class="film">{form.format(alt=escape(alt), **sources)}</figure>'
        return [nodes.raw("", html, format="html")]

    def film(self, command: str) -> list[nodes.Node]:
        """What `command` makes, and the command below it."""
        words = shlex.split(command)
        name = self.options.get("file") or words[words.index("-o") + 1]
        shown = self.figure(name, self.options.get("alt") or f"What {command} makes.")
        return [*shown, nodes.literal_block(command, command, language="sh")]


class Film(Shown):
    """A command with -o, and the film that it makes."""

    def run(self) -> list[nodes.Node]:
        return self.film(self.arguments[0])


class Picture(Shown):
    """A file that the code of the page makes."""

    def run(self) -> list[nodes.Node]:
        return self.figure(self.arguments[0], self.options.get("alt") or self.arguments[0])


class Run(Shown):
    """A command, and what it prints."""

    def run(self) -> list[nodes.Node]:
        command, folder = self.arguments[0], self.folder()
        shown: list[nodes.Node] = [nodes.literal_block(command, command, language="sh")]
        if folder is not None and (text := pages.output(folder, command).read_text("utf-8").rstrip()):
            shown.append(nodes.literal_block(text, text, language="text"))
        return shown


class Scene(Shown):
    """A bundled scene: its film, the line that makes it, and its code."""

    def run(self) -> list[nodes.Node]:
        name = shlex.split(self.arguments[0])[0]
        file = scene_files.find(name)
        self.options.setdefault("alt", file.description)
        code = file.path.read_text(encoding="utf-8")
        summary = f"<details><summary>scenes/{name}.py</summary>"
        return [
            *self.film(pages.scene_command(self.arguments[0])),
            nodes.raw("", summary, format="html"),
            nodes.literal_block(code, code, language="python"),
            nodes.raw("", "</details>", format="html"),
        ]


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_config_value("films", True, "env", types=[bool, int, str])
    for name, directive in (("film", Film), ("picture", Picture), ("run", Run), ("scene", Scene)):
        app.add_directive(name, directive)
    app.connect("config-inited", _no_films)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _no_films(app: Sphinx, config: object) -> None:
    """`-D films=0` leaves the notebook unrun, too."""
    app.config.films = str(app.config.films) not in ("0", "False")
    if not app.config.films:
        app.config.nb_execution_mode = "off"
