"""A lean process has all of matplotlib but the help texts of `set`."""

import subprocess
import sys

SAME = """
import numpy as np
from matplotlib.figure import Figure
from matplotlib.backends.backend_agg import FigureCanvasAgg
figure = Figure(); canvas = FigureCanvasAgg(figure)
axes = figure.add_subplot(); (line,) = axes.plot([1, 3, 2]); line.set(color="red", lw=3)
canvas.draw(); import hashlib
print(hashlib.sha256(np.asarray(canvas.buffer_rgba()).tobytes()).hexdigest())
"""


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_a_lean_process_draws_the_same():
    assert run("from animator.core.matplotlib_import import lean; lean(); lean()" + SAME) == run(SAME)


def test_help_is_left_out_and_wrong_names_are_still_refused():
    said = run(
        "import sys; from animator.core.matplotlib_import import lean; before = list(sys.meta_path); lean()\n"
        "from matplotlib.lines import Line2D; from matplotlib.artist import kwdoc\n"
        "print(Line2D.set.__doc__, repr(kwdoc(Line2D)), sys.meta_path == before)\n"
        "class Own(Line2D): pass\n"
        "Own([0], [0]).set(lw=2)\n"
        "try: Own([0], [0]).set(nothing=1)\n"
        "except AttributeError as error: print(error)\n"
    )
    assert said == "None '' True\nOwn.set() got an unexpected keyword argument 'nothing'\n"


def test_where_matplotlib_is_there_already_nothing_changes():
    said = run(
        "import sys, matplotlib.artist; before = list(sys.meta_path)\n"
        "from animator.core.matplotlib_import import lean; lean()\n"
        "from matplotlib.lines import Line2D\n"
        "print('linewidth' in Line2D.set.__doc__, sys.meta_path == before)\n"
    )
    assert said == "True True\n"


def test_a_command_is_lean_and_the_library_is_not():
    """Notebooks keep matplotlib's help."""
    look = "; import matplotlib.lines as lines; print(lines.Line2D.set.__doc__ is None)"
    assert run("import animator.__main__" + look) == "True\n"
    assert run("import animator.films.film" + look) == "False\n"
