"""Which products of a sweep are up to date: made of the films as they are now, and whole, byte for byte.

As soon as a product is made the manifest says which files it has, and the digests of their contents. So one
that is missing, damaged, or of other films is made again, and no other.
"""

from collections.abc import Iterable
from pathlib import Path

from animator.core import cache
from animator.sweeps.folder.ledger import Ledger, digest_of
from animator.sweeps.folder.open_folder import remove
from animator.sweeps.gallery.gallery_folder import PRODUCT


def key(ledger: Ledger) -> str:
    """Digest of what the products show."""
    shown = [[c.state, c.reason, c.keys.get("film", "")] for c in ledger.manifest.cells]
    return cache.digest("products 1", shown, ledger.manifest.film, ledger.manifest.title)


def is_there(ledger: Ledger, product: str) -> bool:
    """Whether all files of `product` ("sheet") are there, whole, and show the films as they are."""
    files = ledger.manifest.digests.get(product)
    return (
        files is not None
        and ledger.manifest.made_from == key(ledger)
        and all(ledger.has(name, digest) for name, digest in files.items())
    )


def are_there(ledger: Ledger, products: Iterable[str]) -> bool:
    """Whether all of `products` are."""
    manifest = ledger.manifest
    if not manifest.digests:  # of a version that kept none
        return manifest.made_from == key(ledger) and all(map(ledger.has, manifest.products))
    return all(is_there(ledger, product) for product in products)


def keep(ledger: Ledger, product: str, paths: Iterable[Path]) -> None:
    """Write down that `product` was made, as the files `paths` of the folder."""
    files = {path.relative_to(ledger.folder).as_posix(): digest_of(path.read_bytes()) for path in paths}
    manifest = ledger.manifest
    own = key(ledger)
    known = manifest.digests if manifest.made_from == own else {}
    names = dict.fromkeys((*manifest.products, *files))  # older ones too, until all are made
    ledger.update(products=tuple(names), made_from=own, digests={**known, product: files})


def names(ledger: Ledger, products: Iterable[str]) -> tuple[str, ...]:
    """The files of those of `products` that are there, in order."""
    there = [product for product in products if is_there(ledger, product)]
    return tuple(name for product in there for name in ledger.manifest.digests[product])


def drop_older(ledger: Ledger, made: Iterable[str]) -> None:
    """Remove the files of products that are not `made` any more, such as a race that has become too large."""
    older = set(ledger.manifest.products) - set(made)
    remove(ledger.folder, [name for name in older if PRODUCT.fullmatch(name)])
