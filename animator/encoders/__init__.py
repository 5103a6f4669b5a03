"""One file a format: RGBA frames go in one at a time, an .mp4, .gif or .png comes out whole."""

from animator.encoders.formats import FORMATS, Encoder, open_encoder
from animator.encoders.reading import inspect
from animator.encoders.spec import FilmInfo, FilmSpec, Metadata

__all__ = ["FORMATS", "Encoder", "FilmInfo", "FilmSpec", "Metadata", "inspect", "open_encoder"]
