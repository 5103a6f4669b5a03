"""What shows all films of a sweep: contact sheet, race and summary, and the gallery over them all.

In: the books, and the films by cell. Out: files of the folder, kept in the books, and a sentence for each
product that could not be made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from animator.core.errors import AnimatorError
from animator.core.files import is_full
from animator.core.progress import Progress
from animator.films.film import Film
from animator.sweeps.folder import product_state
from animator.sweeps.folder.ledger import Ledger
from animator.sweeps.folder.manifest import Manifest
from animator.sweeps.folder.open_folder import drop_pages
from animator.sweeps.run import background_product
from animator.sweeps.run.background_product import Early, Product


@dataclass(frozen=True, slots=True)
class Products:
    """first: by name, in the order in which they are made; last: the one that shows the others."""

    first: Mapping[str, Product]
    last: tuple[str, Product]

    def are_there(self, ledger: Ledger) -> bool:
        """Whether all of them are in the folder, whole, made from the films that are there."""
        return product_state.are_there(ledger, [*self.first, self.last[0]])

    def make(
        self, ledger: Ledger, films: Mapping[int, Film], progress: Progress, sheet: Early | None = None
    ) -> list[str]:
        """Make those that are not there; gives a sentence for each that could not be made.

        sheet: the contact sheet, where it was made already.
        """
        if self.are_there(ledger):
            ledger.update(state="done")
            return []
        warnings: list[str] = []

        def attempt(name: str, product: Product, manifest: Manifest) -> None:
            """Make one; what goes wrong there costs no other."""
            try:
                product_state.keep(ledger, name, product(ledger.folder, manifest, films, progress))
            except Exception as error:  # of whatever kind: the films are there, and the user hears of it
                if is_full(error):
                    raise
                own = isinstance(error, AnimatorError)
                said = str(error) if own else f"{type(error).__name__}: {error}."
                warnings.append(f"The {name} could not be made: {said}")

        manifest = replace(ledger.manifest, state="done")
        ready = sheet.paths(background_product.about(manifest)) if sheet is not None else None
        for name, product in self.first.items():
            if name == "sheet" and ready is not None:
                product_state.keep(ledger, name, ready)
            elif not product_state.is_there(ledger, name):
                attempt(name, product, manifest)
        made = product_state.names(ledger, self.first)
        drop_pages(ledger.folder, made)
        if not warnings:
            product_state.drop_older(ledger, made)
        ledger.update(products=made, state="done")
        attempt(*self.last, ledger.manifest)
        return warnings


def _sheet(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.sheet import sheet

    return sheet.make(folder, manifest, films, progress)


def _race(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.figure import race

    made = race.make(folder, manifest, films, progress)
    return [made] if made is not None else []


def _summary(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.figure import summary

    return [summary.make(folder, manifest)]


def _gallery(folder: Path, manifest: Manifest, films: Mapping[int, Film], progress: Progress) -> list[Path]:
    from animator.sweeps.gallery import gallery_page

    return [gallery_page.make(folder)]


ALL = Products({"sheet": _sheet, "race": _race, "summary": _summary}, ("gallery", _gallery))
