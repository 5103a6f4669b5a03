"""Pixels to a file, a file to facts: RGBA frames go in one at a time, a film comes out whole."""

from animator.encoding.film_spec import FilmInfo, FilmSpec, Metadata
from animator.encoding.formats import FORMATS, Encoder, open_encoder
from animator.encoding.inspect_file import inspect

__all__ = ["FORMATS", "Encoder", "FilmInfo", "FilmSpec", "Metadata", "inspect", "open_encoder"]
