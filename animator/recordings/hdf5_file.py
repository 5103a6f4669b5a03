"""An HDF5 file from outside, opened so that nothing but its own bytes is read, and no more than it can hold.

A path goes in, an open file comes out, and from it checked datasets. Links to other places, virtual and
external datasets are refused; so is a dataset that claims more than the file's size allows.
"""

import math
from pathlib import Path

import h5py
import numpy as np

from animator.core.arrays import Array

SIGNATURE = b"\x89HDF\r\n\x1a\n"
OPEN_FOR_WRITING = 0b101  # flags of a superblock: open by a writer, and by one in single-writer mode
FILTERED = 20  # how many times its size a file may hold where a filter compresses it
SPARE = 64 * 2**20  # bytes that it may hold on top of that


class Damaged(ValueError):
    """A file says something that no recording says; the message is for programmers."""


def is_hdf5(path: Path) -> bool:
    """Whether the file begins as HDF5 files do."""
    with path.open("rb") as file:
        return file.read(8) == SIGNATURE


def opened(path: Path) -> h5py.File:
    """The file for reading; OSError or Damaged when it is none, or is cut off.

    Only a file whose own flags say that a writer has not closed it is opened in HDF5's
    reading-while-writing mode: in that mode damage is taken for what a writer is about to mend, and read
    again for ever. That mode does not look whether the file's end is missing, so it is looked at here.
    """
    with path.open("rb") as file:
        head = file.read(36)
    if head[:8] != SIGNATURE:
        raise Damaged("no signature")
    version, flags = head[8], head[11]
    if version >= 2 and int.from_bytes(head[28:36], "little") > path.stat().st_size:
        raise Damaged("the file ends early")
    growing = version == 3 and bool(flags & OPEN_FOR_WRITING)
    return h5py.File(path, "r", libver="latest", swmr=growing)


def dataset(file: h5py.Group, name: str) -> h5py.Dataset:
    """The dataset `name`, "data/x"; Damaged when it is anything but a plain one in this file."""
    item = file
    for part in name.split("/"):
        item = member(item, part)
    if not isinstance(item, h5py.Dataset):
        raise Damaged(f"{name} is no dataset")
    creation = item.id.get_create_plist()
    if item.is_virtual or creation.get_external_count():
        raise Damaged(f"{name} lies in another file")
    return item


def member(group: h5py.Group, name: str) -> h5py.Group | h5py.Dataset:
    """What a group holds under `name`; Damaged when that is a link to another place, or nothing."""
    if not isinstance(group, h5py.Group) or not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise Damaged(f"{name} is not in the file")
    return group[name]


def check_room(item: h5py.Dataset, rows: int | None = None) -> None:
    """Damaged when the first `rows` rows of a dataset, or all of it, are more than its file can hold."""
    shape = item.shape if rows is None else (rows, *item.shape[1:])
    if rows is not None and (not item.shape or rows > item.shape[0]):
        raise Damaged(f"{item.name} has fewer than {rows} rows")
    size = Path(item.file.filename).stat().st_size
    room = FILTERED * size + SPARE if item.id.get_create_plist().get_nfilters() else size
    if math.prod(shape) * item.dtype.itemsize > room:
        raise Damaged(f"{item.name} claims more than the file holds")


def numbers(file: h5py.Group, name: str, count: int | None = None) -> Array:
    """The first `count` numbers (rows) of a dataset, or as many as there are; all of them without `count`."""
    item = dataset(file, name)
    if item.dtype.kind not in "fiub":
        raise Damaged(f"{name} holds no numbers")
    rows = min(count, len(item)) if count is not None else None
    check_room(item, rows)
    return np.asarray(item[()] if rows is None else item[:rows])


def array(item: h5py.Dataset) -> Array:
    """All of a dataset of numbers, or of text as an array of str objects."""
    is_text = h5py.check_string_dtype(item.dtype) is not None
    if not is_text and item.dtype.kind not in "fiubS":
        raise Damaged(f"{item.name} holds neither numbers nor text")
    check_room(dataset(item.file, item.name.lstrip("/")))
    return np.asarray(item.asstr()[()] if is_text else item[()])


def text(file: h5py.Group, name: str) -> str:
    """The text of a dataset that holds one string."""
    item = dataset(file, name)
    if item.shape != () or h5py.check_string_dtype(item.dtype) is None:
        raise Damaged(f"{name} holds no text")
    return str(item.asstr()[()])
