"""What a film file is: told from its first bytes and its headers; no picture is decoded.

PyAV and imageio are imported only when a file needs them.
"""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.encoding.container_metadata import read_avif, read_webp
from animator.encoding.film_spec import FilmInfo, Metadata
from animator.encoding.picture_headers import PictureFacts, png_facts, webp_facts


def inspect(path: Path | str) -> FilmInfo:
    """The facts of an MP4, a GIF or a PNG, with the metadata it was written with.

    Raises AnimatorError when there is no such file, when it is none of the three, or when it is damaged.
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # a pipe would be waited for
        what = "a folder" if path.is_dir() else "no ordinary file"
        raise AnimatorError(f"'{path}' is {what}. Give the path of an .mp4, .gif or .png film.")
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as error:
        raise AnimatorError(
            f"Cannot read '{path}': {error.strerror}. Give the path of an .mp4, .gif or .png film."
        ) from error
    with read_safely(path):
        if head[4:8] == b"ftyp":
            return _avif(path) if head[8:12] in (b"avis", b"avif") else _video(path, "mp4")
        if head[:4] == b"GIF8":
            return _gif(path)
        if head[:4] == b"\x89PNG":
            return _png(path)
        if head[:4] == b"\x1a\x45\xdf\xa3":
            return _video(path, "webm")
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return _webp(path)
    if head[:4] == b"%PDF" or head[:5] == b"<?xml":
        raise AnimatorError(
            f"'{path}' is a still of lines and letters, which carries no words about its film. "
            "Give the .mp4, .gif or .png of that film."
        )
    raise AnimatorError(
        f"'{path}' is not a film: it is neither an MP4, a GIF, a PNG, a WebM, a WebP nor an AVIF. "
        "Give a file that animator render wrote."
    )


@contextmanager
def read_safely(path: Path) -> Iterator[None]:
    """What goes wrong in the body, which reads the film at `path`, becomes a sentence about the file.

    FFmpeg, Pillow and NumPy raise all kinds of errors over damaged bytes, want of memory for sizes that a
    header claims among them, so all are caught. Pillow's warning of a picture too large to be one is an
    error here.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.filterwarnings("error", ".*decompression bomb.*")
            yield
    except (AnimatorError, PermissionError):
        raise
    except Exception as error:
        raise AnimatorError(
            f"'{path}' is damaged: it begins as a film and does not go on as one. Render it again."
        ) from error


def vector(path: Path) -> dict[str, str | int]:
    """Format, width and height in points, and bytes of an SVG or a PDF of one page.

    Raises AnimatorError when it is neither, or does not say its size as animator writes it.
    """
    head = path.read_bytes()
    kind = "pdf" if head[:4] == b"%PDF" else "svg"
    patterns = {
        "pdf": rb"/MediaBox\s*\[\s*0 0 ([0-9.]+) ([0-9.]+)\s*\]",
        "svg": rb'<svg\s[^>]*?width="([0-9.]+)pt"\s+height="([0-9.]+)pt"',
    }
    size = re.search(patterns[kind], head)
    if size is None:
        raise AnimatorError(
            f"'{path}' is no still of animator's: it is no {path.suffix.lower()} file that says its size in "
            "points. Give a file that animator render wrote."
        )
    width, height = (float(side) for side in size.groups())
    return {
        "format": kind,
        "width": round(width),
        "height": round(height),
        "unit": "points",
        "bytes": len(head),
    }


def _video(path: Path, name: str) -> FilmInfo:
    from animator.encoding.mp4_tags import from_tags
    from animator.encoding.pyav_adapter import read_facts

    (_whole if name == "mp4" else _whole_webm)(path)
    facts = read_facts(path)
    return FilmInfo(
        path=path,
        format=name,
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        frames=facts.frames,
        seconds=facts.seconds,
        bytes=path.stat().st_size,
        metadata=from_tags(facts.metadata),
        codec=facts.codec,
    )


def _avif(path: Path) -> FilmInfo:
    from animator.encoding.pyav_adapter import read_facts

    _whole(path)
    facts = read_facts(path)
    return FilmInfo(
        path=path,
        format="avif",
        width=facts.width,
        height=facts.height,
        fps=facts.fps,
        frames=max(1, facts.frames),
        seconds=facts.seconds,
        bytes=path.stat().st_size,
        metadata=read_avif(path),
    )


def _whole(path: Path) -> None:
    """ValueError when one of the boxes of an MP4 is longer than the file (ISO/IEC 14496-12, clause 4.2)."""
    end = path.stat().st_size
    at = 0
    with path.open("rb") as file:
        while at < end:
            file.seek(at)
            head = file.read(16)
            size = int.from_bytes(head[:4], "big")
            size = int.from_bytes(head[8:16], "big") if size == 1 else size or end - at
            at += max(size, 8)
    if at > end:
        raise ValueError("the file ends early")


def _whole_webm(path: Path) -> None:
    """ValueError when the segment of a WebM is longer than the file (RFC 8794: sizes have their length in
    the leading bits; all ones is a size that is not known).
    """
    with path.open("rb") as file:
        for _ in range(2):  # the header, then the segment that holds all else
            file.seek(4, 1)
            first = file.read(1)[0]
            more = 8 - first.bit_length()
            size = int.from_bytes(bytes([first & (0x7F >> more)]) + file.read(more), "big")
            end = file.tell() + size
            file.seek(end if _ == 0 else file.tell())
    unknown = size == (1 << 7 * (more + 1)) - 1
    if end > path.stat().st_size and not unknown:
        raise ValueError("the file ends early")


def _webp(path: Path) -> FilmInfo:
    return _pictures(path, "webp", webp_facts(path), read_webp(path))


def _pictures(path: Path, name: str, facts: PictureFacts, metadata: Metadata | None) -> FilmInfo:
    """An animated file of pictures: a held picture is one frame."""
    return FilmInfo(
        path=path,
        format=name,
        width=facts.width,
        height=facts.height,
        fps=rate_of(facts.stays),
        frames=len(facts.stays),
        seconds=sum(facts.stays) / 1000,
        bytes=path.stat().st_size,
        metadata=metadata,
    )


def rate_of(stays: Sequence[float]) -> float:
    """Frames a second of a film whose stored pictures stay so many milliseconds each: a picture that is held
    stays for several frames. 0 where nothing moves on.
    """
    shortest = min((stay for stay in stays if stay > 0), default=0.0)
    if not shortest:
        return 0.0
    single = [stay for stay in stays if 0 < stay < 1.5 * shortest]
    frame = sum(single) / len(single)
    return 1000 * sum(round(stay / frame) for stay in stays) / sum(stays)


def _gif(path: Path) -> FilmInfo:
    from animator.encoding.gif import from_comment
    from animator.encoding.gif_reader import read_facts

    facts = read_facts(path)
    metadata, fps = from_comment(facts.comment)
    average = facts.pictures * 100 / facts.hundredths if facts.hundredths else 0.0
    return FilmInfo(
        path=path,
        format="gif",
        width=facts.width,
        height=facts.height,
        fps=fps or average,
        frames=facts.pictures,
        seconds=facts.hundredths / 100,
        bytes=path.stat().st_size,
        metadata=metadata,
    )


def _png(path: Path) -> FilmInfo:
    from animator.encoding.png import read_still

    facts = png_facts(path)
    (width, height), metadata = read_still(path)
    if facts.moving:
        return _pictures(path, "apng", facts, metadata)
    return FilmInfo(
        path=path,
        format="png",
        width=width,
        height=height,
        fps=0.0,
        frames=1,
        seconds=0.0,
        bytes=path.stat().st_size,
        metadata=metadata,
    )
