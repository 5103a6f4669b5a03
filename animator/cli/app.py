"""The command line: reads what was typed, calls the library, prints what came out. Nothing else.

Exit codes: 0 done, 2 what was asked is wrong (one sentence), 1 it failed, 130 interrupted.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from animator import __version__
from animator.cli import completion, deadline, wish_options
from animator.cli.examples import below
from animator.cli.signals import INTERRUPTION, NUMBERS, interruptible
from animator.cli.terminal import one_line, printing
from animator.cli.wish_options import Typed, WishCommand, wishing
from animator.core.errors import AnimatorError
from animator.core.files import is_full
from animator.core.language import LANGUAGES

INTERRUPTED = (
    "animator: interrupted; nothing half-written was left behind. A sweep goes on when the same command is "
    "typed again.\n"
)
MEMORY = (
    "animator: there is too little memory for this; nothing half-written was left behind. Close other "
    "programs, or ask for less: a smaller --size, fewer --jobs.\n"
)
FULL = (
    "animator: a disk is full; nothing half-written was left behind. Make room where the film goes and in "
    "the cache folder, or set ANIMATOR_CACHE to a folder on another disk.\n"
)

CLOSED = "cannot be opened: permission is denied. Give another path, or let yourself open it."

app = typer.Typer(
    name="animator",
    help="Films of neural networks learning: the weights move across the true loss surface.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

SceneName = Annotated[
    str,
    typer.Argument(
        metavar="SCENE",
        help="A bundled scene, a .py file, or a recording (.h5).",
        autocompletion=completion.scenes,
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME=VALUE]...", help="Parameters of the scene.", autocompletion=completion.values
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Axes = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME=V1,V2,...]...",
        help="Parameters: a value, a list, range(a,b[,step]), linspace(a,b,n) or geomspace(a,b,n).",
        autocompletion=completion.values,
    ),
]
Folder = Annotated[
    Path | None, typer.Option("-o", "--output", help="The folder; by default output/SCENE-sweep.")
]
Rows = Annotated[Path | None, typer.Option(help="A CSV file with a row of parameters for each cell.")]
Cluster = Annotated[str | None, typer.Option(help="The workers of a dask scheduler at tcp://HOST:PORT.")]
NoCommand = Annotated[
    bool, typer.Option("--no-command", help="Without the command that makes it: for pupils.")
]
Lang = Annotated[
    str | None,
    typer.Option(help=f"{', '.join(LANGUAGES)}: the language of its words; by default that of the films."),
]


@app.callback(invoke_without_command=True)
def about(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    """Films of neural networks learning: the weights move across the true loss surface."""
    if version:
        typer.echo(f"animator {__version__}")
        raise typer.Exit


@app.command(cls=WishCommand, epilog=below("render"))
@wishing
def render(
    scene: SceneName,
    values: Values = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", help="A file to write; its suffix chooses the format."),
    ] = None,
    fps: Annotated[float | None, typer.Option(help="Frames a second.")] = None,
    codec: Annotated[str | None, typer.Option(help="Of an .mp4: h264, h265 or av1.")] = None,
    frame: Annotated[str | None, typer.Option(help="Of a still: 3.2s, step:40, first or last.")] = None,
    transparent: Annotated[bool, typer.Option("--transparent", help="No background.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Play once, where a format would loop.")] = False,
    max_bytes: Annotated[str | None, typer.Option(help="What an .mp4 or .gif may have: 4MB, 500kB.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Train and cut anew.")] = False,
    json: Json = False,
    *,
    wishes: Typed,
) -> None:
    """Make a film of SCENE; without -o, output/SCENE.mp4 and output/SCENE.gif."""
    from animator.cli import render, render_request

    request = render_request.requested(
        scene,
        values or (),
        outputs=output or (),
        fps=fps,
        typed=wishes,
        codec=codec,
        frame=frame,
        transparent=transparent,
        once=once,
        max_bytes=max_bytes,
        use_cache=not no_cache,
        json=json,
    )
    render.render(request)


@app.command(epilog=below("record"))
def record(
    scene: SceneName,
    values: Values = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The recording, RUN.h5.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="checkpoints: SCENE is then a pattern of .keras files.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="With --from: an .npz of x and y to compute losses on.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--scene", help="With --from: the scene of .weights.h5 files.")
    ] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Train anew.")] = False,
    json: Json = False,
) -> None:
    """Train SCENE and keep the recording; without -o, output/SCENE.h5."""
    from animator.cli import record

    if source is None and data is None and model is None:
        record.record(scene, values or [], output=output, use_cache=not no_cache, as_json=json)
        return
    request = record.CheckpointRequest(
        source=source, words=[scene, *(values or ())], output=output, data=data, scene=model, json=json
    )
    record.record_checkpoints(request)


@app.command(cls=WishCommand, epilog=below("sweep"))
@wishing
def sweep(
    scene: Annotated[
        str,
        typer.Argument(
            metavar="SCENE", help="A bundled scene or a .py file.", autocompletion=completion.scenes
        ),
    ],
    values: Axes = None,
    output: Folder = None,
    zipped: Annotated[
        bool, typer.Option("--zip", help="First values together, then second ones, and so on.")
    ] = False,
    rows: Rows = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the plan and stop.")] = False,
    jobs: Annotated[int | None, typer.Option(help="Worker processes; by default one for each core.")] = None,
    cluster: Cluster = None,
    format: Annotated[str, typer.Option("--format", help="Of the films: mp4, webm or gif.")] = "mp4",
    fps: Annotated[float | None, typer.Option(help="Frames a second.")] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds a cell may take to be trained, cut or drawn.")
    ] = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed cells again.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what the folder holds.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Train and cut anew.")] = False,
    json: Json = False,
    *,
    wishes: Typed,
) -> None:
    """Make a film of SCENE for every combination of values, and a page of them all."""
    from animator.cli import sweep

    asked = sweep.SweepRequest(
        output=output,
        zipped=zipped,
        rows=rows,
        dry_run=dry_run,
        jobs=jobs,
        cluster=cluster,
        format=format,
        fps=fps,
        typed=wishes,
        timeout=timeout,
        retry_failed=retry_failed,
        force=force,
        use_cache=not no_cache,
        json=json,
    )
    raise typer.Exit(sweep.sweep(scene, values or [], asked))


@app.command(epilog=below("gallery"))
def gallery(folder: Annotated[Path, typer.Argument(help="A folder of films.")], lang: Lang = None) -> None:
    """Build the page of a folder of films again: FOLDER/index.html."""
    from animator.cli import sweep

    sweep.gallery(folder, lang)


@app.command(epilog=below("info"))
def info(
    file: Annotated[Path, typer.Argument(help="A recording, a film or the folder of a sweep.")],
    json: Json = False,
) -> None:
    """Say what a recording, a film or a sweep is, and the command that made it."""
    from animator.cli import listings

    listings.info(file, json)


@app.command(epilog=below("scenes"))
def scenes(json: Json = False) -> None:
    """List the bundled films with their parameters."""
    from animator.cli import listings

    listings.scenes(json)


@app.command(epilog=below("verify"))
def verify(json: Json = False) -> None:
    """Check recorder and surface against closed forms: expected beside got."""
    from animator.cli import listings

    raise typer.Exit(listings.verify(json))


@app.command(epilog=below("new"))
def new(
    name: Annotated[str, typer.Argument(help="What to call it: NAME.py is written.")],
    source: Annotated[
        str | None,
        typer.Option("--from", help="A bundled scene to copy.", autocompletion=completion.bundled),
    ] = None,
) -> None:
    """Write a scene file of your own to start from."""
    from animator.cli import new_scene

    new_scene.new(name, source)


@app.command(epilog=below("slides"))
def slides(
    films: Annotated[list[Path], typer.Argument(help="Films, each for a slide of its own.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The deck, .pptx.")] = Path("deck.pptx"),
    titles: Annotated[
        bool | None,
        typer.Option(
            "--titles/--no-titles",
            help="Films below their titles; by default those that show none themselves.",
        ),
    ] = None,
    autoplay: Annotated[bool, typer.Option("--autoplay", help="Films start by themselves.")] = False,
    loop: Annotated[bool, typer.Option("--loop", help="Films start again at their end.")] = False,
    lang: Lang = None,
) -> None:
    """Put films into a PowerPoint deck, with posters, alt text and notes."""
    from animator.cli import listings
    from animator.publish.film_files import codec_warning
    from animator.publish.slides import make

    made = make(films, output, titles, autoplay, loop, lang)
    listings.made(output, made, codec_warning(made, "PowerPoint", ("h264",)))


@app.command(epilog=below("page"))
def page(
    films: Annotated[list[Path], typer.Argument(help="Films, in the order of the page.")],
    output: Annotated[
        Path, typer.Option("-o", "--output", help="An .html file that holds everything, or a folder.")
    ] = Path("index.html"),
    title: Annotated[str, typer.Option(help="The page's title; by default the first film's.")] = "",
    no_command: NoCommand = False,
    lang: Lang = None,
) -> None:
    """Put films onto a web page that works without a server."""
    from animator.cli import listings
    from animator.publish.film_files import codec_warning
    from animator.publish.page import make

    made = make(films, output, title, commands=not no_command, lang=lang)
    listings.made(output, made, codec_warning(made, "browser", ("h264", "vp9", "av1")))


@app.command(cls=WishCommand, epilog=below("player"))
@wishing
def player(
    scene: SceneName,
    values: Values = None,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The page, .html.")] = None,
    no_command: NoCommand = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Train and cut anew.")] = False,
    *,
    wishes: Typed,
) -> None:
    """Make a page that plays SCENE, with a scrubber through its steps; without -o, output/SCENE.html."""
    from animator.cli import player

    player.play(
        scene, values or (), output=output, typed=wishes, use_cache=not no_cache, tells_command=not no_command
    )


def typed() -> int:
    """Do what was typed; the exit code."""
    return int(app(prog_name="animator", standalone_mode=False) or 0)


def main(work: Callable[[], int] = typed) -> None:
    """The command `animator`; leaves the process with the exit code. work: what it does."""
    with deadline.kept(NUMBERS, INTERRUPTION, INTERRUPTED), interruptible(), printing():
        sys.exit(_code(work))


def _code(work: Callable[[], int]) -> int:
    """Do `work`, say what went wrong; the exit code."""
    try:
        code = work()
        if code == INTERRUPTION:  # typer has turned a KeyboardInterrupt into it
            sys.stderr.write(INTERRUPTED)
        return code
    except AnimatorError as error:
        sys.stderr.write(f"animator: {one_line(str(error))}\n")
        return 1 if is_full(error) else 2
    except TyperException as error:
        sys.stderr.write(usage(error, sys.argv[1:]))
        return 2
    except KeyboardInterrupt:
        sys.stderr.write(INTERRUPTED)
        return INTERRUPTION
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # whatever fails in a command ends it in one sentence, not in a traceback
        return _failed(error)


def usage(error: TyperException, words: Sequence[str]) -> str:
    """What to say where the typed `words` cannot be read: typer's own sentence, and where more is told."""
    text = " ".join(error.format_message().split())
    if text.startswith("Usage:"):  # no words at all: the help itself
        return f"{error.format_message()}\n"
    context = getattr(error, "ctx", None)  # typer knows none where an option lacks its value
    option = getattr(error, "option_name", None)
    if context is not None and hasattr(error, "possibilities"):
        flags = [flag for part in context.command.params for flag in part.opts]
        text = f"No such option: {option}{wish_options.instead(str(option), flags, words)}"
    path = context.command_path if context is not None else " ".join(["animator", *words[:1]])
    end = "" if text.endswith((".", "?")) else "."
    return f"animator: {text}{end} Type {path} --help for all that it takes.\n"


def _failed(error: Exception) -> int:
    """Say in one sentence what is not as it should be; the exit code."""
    if os.environ.get("ANIMATOR_DEBUG"):
        raise error
    if isinstance(error, PermissionError) and error.filename:
        sys.stderr.write(f"animator: '{os.fsdecode(error.filename)}' {CLOSED}\n")
        return 2
    if is_full(error):
        sys.stderr.write(FULL)
    elif isinstance(error, MemoryError):
        sys.stderr.write(MEMORY)
    else:
        sys.stderr.write(
            f"animator: failed with {type(error).__name__}: {one_line(str(error))}. "
            "Set ANIMATOR_DEBUG=1 to see where.\n"
        )
    return 1
