"""Panels: each draws one thing about one run. A registry row names where a panel's code lives."""

from animator.panels.base import Look, Panel
from animator.registry import Row

OURS = "it is part of animator; install it again."
PANELS = {
    "surface": Row("animator.panels.surface:SurfacePanel", OURS),
    "surface3d": Row("animator.panels.surface3d:Surface3dPanel", OURS),
    "weights": Row("animator.panels.weights:WeightsPanel", OURS),
    "basins": Row("animator.panels.basins:BasinsPanel", OURS),
    "race": Row("animator.panels.race:RacePanel", OURS),
    "losses": Row("animator.panels.losses:LossesPanel", OURS),
    "rates": Row("animator.panels.rates:RatesPanel", OURS),
    "prediction": Row("animator.panels.prediction:PredictionPanel", OURS),
    "accuracy": Row("animator.panels.accuracy:AccuracyPanel", OURS),
    "rate": Row("animator.panels.rate:RatePanel", OURS),
    "sharpness": Row("animator.panels.sharpness:SharpnessPanel", OURS),
    "network": Row("animator.panels.network:NetworkPanel", OURS),
    "batch": Row("animator.panels.batch:BatchPanel", OURS),
    "arrows": Row("animator.panels.arrows:ArrowsPanel", OURS),
    "histogram": Row("animator.panels.histogram:WeightsHistogram", OURS),
    "updates": Row("animator.panels.histogram:UpdatesHistogram", OURS),
    "card": Row("animator.panels.card:CardPanel", OURS),
    "loss": Row("animator.panels.loss:LossPanel", OURS),
}

__all__ = ["PANELS", "Look", "Panel"]
