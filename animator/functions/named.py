"""Functions that optimizers are shown on, by name: formula, window, minima, and where each comes from.

A name goes in ("himmelblau", "ellipse(50)"), a Named comes out. Formulas are in the notation of `expression`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from animator.core.errors import AnimatorError, nearest
from animator.core.language import Said

Extent = tuple[float, float, float, float]
Points = tuple[tuple[float, ...], ...]

KAPPA = 20.0  # of an ellipse without a number


@dataclass(frozen=True, slots=True)
class Named:
    """formula: of x and y. window: (x0, x1, y0, y1) to show, a square. minima: all global ones, at the value
    `least`; none where the function has no lower bound. start: one to begin at. title: on screen.
    source: where it is described.
    """

    name: str
    title: str
    formula: str
    window: Extent
    minima: Points
    least: float | None
    start: tuple[float, float]
    source: str


def _square(half: float) -> Extent:
    return -half, half, -half, half


_ALL = (
    Named(
        "sphere",
        Said("A round bowl"),
        "x**2 + y**2",
        _square(3.0),
        ((0.0, 0.0),),
        0.0,
        (-2.0, 1.5),
        "De Jong 1975, An Analysis of the Behavior of a Class of Genetic Adaptive Systems, function F1",
    ),
    Named(
        "ellipse",
        Said("A bowl steeper one way"),
        f"(x**2 + {KAPPA:g}*y**2) / 2",
        _square(3.0),
        ((0.0, 0.0),),
        0.0,
        (-2.5, 1.5),
        "Goh 2017, Why Momentum Really Works: a convex quadratic of condition number kappa",
    ),
    Named(
        "rosenbrock",
        Said("Rosenbrock's valley"),
        "(1 - x)**2 + 100*(y - x**2)**2",
        (-2.5, 2.5, -1.5, 3.5),
        ((1.0, 1.0),),
        0.0,
        (-1.5, 2.5),
        "Rosenbrock 1960, An Automatic Method for Finding the Greatest or Least Value of a Function",
    ),
    Named(
        "beale",
        Said("Beale's function"),
        "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
        _square(4.5),
        ((3.0, 0.5),),
        0.0,
        (0.7, 1.4),
        "Beale 1958, On an Iterative Method for Finding a Local Minimum of a Function of More than One "
        "Variable",
    ),
    Named(
        "himmelblau",
        Said("Himmelblau's four valleys"),
        "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
        _square(5.5),
        (
            (3.0, 2.0),
            (-2.805118086952745, 3.131312518250573),
            (-3.779310253377747, -3.283185991286170),
            (3.584428340330492, -1.848126526964404),
        ),
        0.0,
        (-1.0, -1.0),
        "Himmelblau 1972, Applied Nonlinear Programming",
    ),
    Named(
        "saddle",
        Said("A saddle"),
        "x**2 - y**2",
        _square(2.0),
        (),
        None,
        (-1.5, 0.001),
        "the hyperbolic paraboloid; Strang 2019, Linear Algebra and Learning from Data, section VI.1",
    ),
    Named(
        "monkey-saddle",
        "A monkey saddle",
        "x**3 - 3*x*y**2",
        _square(2.0),
        (),
        None,
        (1.5, 0.01),
        "Hilbert and Cohn-Vossen 1952, Geometry and the Imagination, section 29",
    ),
    Named(
        "ackley",
        Said("Ackley's egg carton"),
        "-20*exp(-0.2*sqrt(0.5*(x**2 + y**2))) - exp(0.5*(cos(2*pi*x) + cos(2*pi*y))) + e + 20",
        _square(5.0),
        ((0.0, 0.0),),
        0.0,
        (-3.4, 2.7),
        "Ackley 1987, A Connectionist Machine for Genetic Hillclimbing",
    ),
    Named(
        "rastrigin",
        Said("Rastrigin's egg carton"),
        "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
        _square(5.12),
        ((0.0, 0.0),),
        0.0,
        (-3.4, 2.7),
        "Rastrigin 1974, Systems of Extremal Control",
    ),
    Named(
        "styblinski-tang",
        "Styblinski and Tang's valleys",
        "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y) / 2",
        _square(5.0),
        ((-2.903534027771177, -2.903534027771177),),
        -78.33233140754282,
        (0.5, -0.5),
        "Styblinski and Tang 1990, Experiments in Nonconvex Optimization",
    ),
    Named(
        "three-hump-camel",
        "The three-hump camel",
        "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
        _square(3.0),
        ((0.0, 0.0),),
        0.0,
        (-1.3, 2.0),
        "Jamil and Yang 2013, A Literature Survey of Benchmark Functions, function 29",
    ),
    Named(
        "booth",
        Said("Booth's function"),
        "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
        _square(10.0),
        ((1.0, 3.0),),
        0.0,
        (-8.0, -6.0),
        "Jamil and Yang 2013, A Literature Survey of Benchmark Functions, function 17",
    ),
    Named(
        "matyas",
        Said("Matyas' function"),
        "0.26*(x**2 + y**2) - 0.48*x*y",
        _square(10.0),
        ((0.0, 0.0),),
        0.0,
        (-8.0, 4.0),
        "Jamil and Yang 2013, A Literature Survey of Benchmark Functions, function 71",
    ),
)
NAMED: Mapping[str, Named] = {entry.name: entry for entry in _ALL}
_CALL = re.compile(r"ellipse\((.*)\)")


def find(text: str) -> Named | None:
    """The function called `text`, "ellipse(KAPPA)" among them; None when `text` is no name at all.

    AnimatorError for a word that is not the name of one, and for an ellipse that cannot be.
    """
    name = re.sub(r"[\s_-]+", "-", text.strip().lower())
    if name in NAMED:
        return NAMED[name]
    call = _CALL.fullmatch(name)
    if call:
        return _ellipse(call[1])
    if re.fullmatch(r"[a-z]{2,}(-[a-z]+)*", name):
        raise AnimatorError(
            f"No function is called {text.strip()!r}. {nearest(name, NAMED)}Known: {' '.join(NAMED)}. Or "
            "give an expression, such as (x**2+y-11)**2+(x+y**2-7)**2."
        )
    return None


def _ellipse(text: str) -> Named:
    try:
        kappa = float(text)
    except ValueError:
        kappa = 0.0
    if not 0 < kappa < float("inf"):
        raise AnimatorError(
            f"ellipse({text}) is no bowl: the number is how much steeper it is along y than along x. Type "
            "for example ellipse(20)."
        )
    return replace(
        NAMED["ellipse"],
        formula=f"(x**2 + {kappa!r}*y**2) / 2",
        title=Said("A bowl {kappa:g} times as steep one way", kappa=kappa),
    )
