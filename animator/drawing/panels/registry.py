"""The table of panels: what each is called, where its code lives, and what others must know of it.

In: a name in a layout, such as "surface" or "surface@1". Out: its PanelSpec; its class is imported only when
it is drawn. A new panel is a file beside this one and a row here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from animator.core.language import Said
from animator.core.registry import Row, resolve
from animator.drawing.units import Margins

if TYPE_CHECKING:
    from animator.drawing.panels.base import Panel

Need = Literal[
    "surface",  # View.field of the run itself, with plane and window
    "shared surface",  # one View.field for all runs, and View.rivals
    "basins",
    "batch surface",
    "rivals",
    "prediction",
    "sharpness",
    "wiring",
    "weight histogram",
    "update histogram",
    "forces",
    "curve",
    "activation",
    "examples",
]
Page = Literal["", "surface", "race", "basins", "curve", "ball"]
OURS = "it is part of animator; install it again."
CURVES = Margins(left=3.0, below=1.7, right=1.1, above=1.7)  # above: a title; names take more
BARS = Margins(left=3.0, below=1.7, right=0.7, above=1.7)
BESIDE_BAR = Margins(left=3.0, below=1.7, right=4.9, above=1.6)


@dataclass(frozen=True, slots=True)
class PanelSpec:
    """One kind of panel.

    name: as it stands in a layout. code: "module:class". margins: around its axes, at their least. needs:
    what of a View must be there. bar: the width of its bar of colours in em, 0 without one. hero: whether it
    is what a film is about, and takes most of the frame; beside_hero: whether it shares that with one.
    shared: whether it draws all runs of a film, by the film's clock. page: which of its parts a player page
    has for it; left_out: what that page does not show, "" for nothing, or for all of it where there is no
    part. numbers: whether a map has numbers and names below and beside it; tags: whether its marks, or lines,
    are named.
    """

    name: str
    code: str
    margins: Margins
    needs: frozenset[Need] = frozenset()
    bar: float = 0.0
    hero: bool = False
    beside_hero: bool = False
    shared: bool = False
    page: Page = ""
    left_out: str = ""
    numbers: tuple[bool, bool] = (True, True)
    tags: bool = True


def _needs(*parts: Need) -> frozenset[Need]:
    return frozenset(parts)


_ROWS = (
    PanelSpec(
        "surface",
        "animator.drawing.panels.surface:SurfacePanel",
        BESIDE_BAR,
        needs=_needs("surface"),
        bar=1.1,
        hero=True,
        page="surface",
    ),
    PanelSpec(
        "surface3d",
        "animator.drawing.panels.surface3d:Surface3dPanel",
        Margins(left=0.4, below=0.4, right=4.4, above=1.6),
        needs=_needs("surface"),
        bar=1.1,
        hero=True,
        page="surface",
        left_out=Said("the surface in perspective"),
    ),
    PanelSpec(
        "arrows",
        "animator.drawing.panels.update_arrows:ArrowsPanel",
        Margins(left=3.0, below=1.7, right=0.7, above=1.6),
        needs=_needs("surface", "forces"),
        hero=True,
        page="surface",
        left_out=Said("gradient and momentum as arrows"),
    ),
    PanelSpec(
        "race",
        "animator.drawing.panels.race:RacePanel",
        BESIDE_BAR,
        needs=_needs("shared surface"),
        bar=0.85,
        hero=True,
        shared=True,
        page="race",
    ),
    PanelSpec(
        "batch",
        "animator.drawing.panels.batch_loss:BatchPanel",
        Margins(left=3.0, below=1.7, right=0.7, above=1.6),
        needs=_needs("shared surface", "batch surface"),
        hero=True,
        page="race",
        left_out=Said("the losses of single batches"),
    ),
    PanelSpec(
        "basins",
        "animator.drawing.panels.basins:BasinsPanel",
        BESIDE_BAR,
        needs=_needs("shared surface", "basins"),
        bar=0.85,
        hero=True,
        shared=True,
        page="basins",
    ),
    PanelSpec(
        "curve",
        "animator.drawing.panels.curve:CurvePanel",
        Margins(left=3.0, below=1.7, right=1.5, above=1.6),
        needs=_needs("curve"),
        hero=True,
        shared=True,
        page="ball",
    ),
    PanelSpec("weights", "animator.drawing.panels.metric_curves:WeightsPanel", CURVES, page="curve"),
    PanelSpec("loss", "animator.drawing.panels.loss_curves:LossPanel", CURVES, page="curve"),
    PanelSpec(
        "losses",
        "animator.drawing.panels.loss_curves:LossesPanel",
        CURVES,
        needs=_needs("rivals"),
        shared=True,
        page="curve",
    ),
    PanelSpec(
        "rates",
        "animator.drawing.panels.metric_curves:RatesPanel",
        CURVES,
        needs=_needs("rivals"),
        shared=True,
    ),
    PanelSpec("rate", "animator.drawing.panels.metric_curves:RatePanel", CURVES),
    PanelSpec(
        "schedules",
        "animator.drawing.panels.metric_curves:SchedulesPanel",
        CURVES,
        needs=_needs("rivals"),
        shared=True,
    ),
    PanelSpec("accuracy", "animator.drawing.panels.metric_curves:AccuracyPanel", CURVES),
    PanelSpec(
        "sharpness",
        "animator.drawing.panels.metric_curves:SharpnessPanel",
        CURVES,
        needs=_needs("sharpness"),
    ),
    PanelSpec(
        "prediction",
        "animator.drawing.panels.prediction:PredictionPanel",
        Margins(left=3.0, below=1.7, right=0.7, above=1.7),
        needs=_needs("prediction"),
        beside_hero=True,
    ),
    PanelSpec(
        "activation",
        "animator.drawing.panels.activation:ActivationPanel",
        BARS,
        needs=_needs("activation"),
        left_out=Said("the activation of the neuron"),
    ),
    PanelSpec(
        "examples",
        "animator.drawing.panels.examples:ExamplesPanel",
        Margins(left=0.8, below=0.4, right=0.7, above=1.7),
        needs=_needs("examples"),
        left_out=Said("samples with the model's guesses"),
    ),
    PanelSpec(
        "network",
        "animator.drawing.panels.network:NetworkPanel",
        Margins(left=2.4, below=3.7, right=2.4, above=2.3),
        needs=_needs("wiring"),
    ),
    PanelSpec(
        "histogram",
        "animator.drawing.panels.histogram:WeightsHistogram",
        BARS,
        needs=_needs("weight histogram"),
    ),
    PanelSpec(
        "updates",
        "animator.drawing.panels.histogram:UpdatesHistogram",
        BARS,
        needs=_needs("update histogram"),
    ),
    PanelSpec(
        "card",
        "animator.drawing.panels.text_card:CardPanel",
        Margins(left=1.2, below=1.0, right=1.2, above=2.0),
        left_out=Said("a card with text"),
    ),
)
PANELS = {spec.name: spec for spec in _ROWS}


def kind_of(name: str) -> str:
    """The kind of a panel of a layout: "surface" of "surface@1"."""
    return name.partition("@")[0]


def run_of(name: str) -> int | None:
    """The number of the run that a panel of a layout shows: 1 of "surface@1", None where none is named."""
    number = name.partition("@")[2]
    return int(number) if number else None


def load(name: str) -> "type[Panel]":
    """The class of a panel of a layout, imported now; AnimatorError, which lists those that are known, for an
    unknown one.
    """
    rows = {spec.name: Row(spec.code, OURS) for spec in PANELS.values()}
    panel: type[Panel] = resolve("panel", kind_of(name), rows, "A layout is made of these names.")
    return panel


def find(name: str) -> PanelSpec:
    """The row of a panel of a layout; AnimatorError as `load` has it."""
    load(name)
    return PANELS[kind_of(name)]


def heroes_of(names: Iterable[str]) -> frozenset[str]:
    """What a film of a layout is about: its surfaces, and what the model says beside them."""
    known = [(name, spec) for name in names if (spec := PANELS.get(kind_of(name)))]
    heroes = [name for name, spec in known if spec.hero]
    return frozenset(heroes + [name for name, spec in known if spec.beside_hero and heroes])


def needs_of(names: Iterable[str]) -> frozenset[Need]:
    """What panels of a layout need of a View; a name that no panel has needs nothing."""
    kinds = (PANELS.get(kind_of(name)) for name in names)
    return frozenset(need for spec in kinds if spec is not None for need in spec.needs)
