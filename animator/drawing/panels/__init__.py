"""Panels: each draws one thing about one run. A registry row names where a panel's code lives."""

from animator.core.registry import Row
from animator.drawing.panels.base import Look, Panel

OURS = "it is part of animator; install it again."
PANELS = {
    "surface": Row("animator.drawing.panels.surface:SurfacePanel", OURS),
    "curve": Row("animator.drawing.panels.curve:CurvePanel", OURS),
    "surface3d": Row("animator.drawing.panels.surface3d:Surface3dPanel", OURS),
    "weights": Row("animator.drawing.panels.weight_curves:WeightsPanel", OURS),
    "basins": Row("animator.drawing.panels.basins:BasinsPanel", OURS),
    "race": Row("animator.drawing.panels.race:RacePanel", OURS),
    "losses": Row("animator.drawing.panels.losses:LossesPanel", OURS),
    "rates": Row("animator.drawing.panels.rates:RatesPanel", OURS),
    "prediction": Row("animator.drawing.panels.prediction:PredictionPanel", OURS),
    "accuracy": Row("animator.drawing.panels.accuracy:AccuracyPanel", OURS),
    "rate": Row("animator.drawing.panels.rate:RatePanel", OURS),
    "sharpness": Row("animator.drawing.panels.sharpness:SharpnessPanel", OURS),
    "network": Row("animator.drawing.panels.network:NetworkPanel", OURS),
    "batch": Row("animator.drawing.panels.batch_loss:BatchPanel", OURS),
    "arrows": Row("animator.drawing.panels.update_arrows:ArrowsPanel", OURS),
    "histogram": Row("animator.drawing.panels.histogram:WeightsHistogram", OURS),
    "updates": Row("animator.drawing.panels.histogram:UpdatesHistogram", OURS),
    "card": Row("animator.drawing.panels.text_card:CardPanel", OURS),
    "loss": Row("animator.drawing.panels.loss_curves:LossPanel", OURS),
}

__all__ = ["PANELS", "Look", "Panel"]
