"""The typeface for a page: only the letters that it needs, as an address that holds the font itself.

In: the text of a page. Out: CSS for its two weights. Digits keep the feature that gives them one width.
"""

import io
import logging
from base64 import b64encode
from string import printable

from animator.drawing.raster.fonts import FONT_FOLDER

WEIGHTS = {400: "Inter-Regular.otf", 600: "Inter-SemiBold.otf"}
ALWAYS = "".join(map(chr, range(160, 256))) + "−–—→←↑↓×…"


def faces(text: str) -> str:
    """@font-face rules for Inter with the letters of `text` and those of western Europe, always the same."""
    from fontTools import subset

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # letters that Inter lacks are not worth a word
    rules = []
    for weight, name in WEIGHTS.items():
        options = subset.Options(
            flavor="woff",
            layout_features=["kern", "tnum"],
            recalc_timestamp=False,
            hinting=False,
            ignore_missing_unicodes=True,
        )
        font = subset.load_font(str(FONT_FOLDER / name), options)
        chooser = subset.Subsetter(options)
        chooser.populate(text="".join(sorted({*printable, *ALWAYS, *text})))
        chooser.subset(font)
        kept = io.BytesIO()
        subset.save_font(font, kept, options)
        held = b64encode(kept.getvalue()).decode()
        rules.append(
            f'@font-face {{ font-family: "Inter"; font-weight: {weight}; font-display: swap; '
            f'src: url("data:font/woff;base64,{held}") format("woff"); }}'
        )
    return "\n".join(rules)
