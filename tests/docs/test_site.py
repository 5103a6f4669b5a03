"""The look of the site: a small one, with the configuration of docs/, is built and opened in Chromium.

After `make docs`, `make test-docs` looks at every page of the whole site in the same way.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.chromium import launched, needs_chromium, tabs

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs/_build/html"
BUILT = sorted(page for page in SITE.rglob("*.html") if page.relative_to(SITE).parts[0][0] != "_")
COMMAND = "animator render function f=booth --size 320x180 --fps 10 --seconds 2 -o booth.mp4 -o booth.gif"
PAGE = f"""# A page

```{{film}} {COMMAND}
:alt: Adam on booth.
```

```{{run}} animator info booth.mp4
```

```{{picture}} booth.gif
:alt: The same as a GIF.
```

```{{picture}} booth.png
:alt: The last frame.
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site of one page, built as the docs are, with warnings as errors."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    build = ["-m", "sphinx", "-W", "-q", "-c", str(ROOT / "docs"), str(folder), str(folder / "html")]
    environment = os.environ | {"ANIMATOR_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, *build], env=environment, check=True)
    return folder / "html"


@pytest.fixture(scope="module")
def browser():
    with launched() as opened:
        yield opened


def wider_than_the_window(tab) -> bool:
    return tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def test_a_film_stands_above_its_command_and_what_it_prints(site):
    html = (site / "index.html").read_text(encoding="utf-8")
    for name in ("booth.mp4", "booth.gif", "booth.png"):
        assert (site / "_films/index" / name).stat().st_size > 1000
        assert f'src="_films/index/{name}"' in html
    film, command, printed = (html.index(text) for text in ("<video", "highlight-sh", "highlight-text"))
    assert film < command < printed < html.rindex("320x180 pixels")


@needs_chromium
@pytest.mark.parametrize("width", [1280, 390])
def test_a_film_plays_by_itself_and_stands_still_for_who_asked(site, browser, width):
    with tabs(browser, width, 800, silent=True) as show:
        tab = show(site / "index.html")
        tab.wait_for_function("document.querySelector('video').currentTime > 0.2")
        calm = show(site / "index.html", reduced_motion="reduce")
        for page, still, moving in ((tab, 0, 2), (calm, 2, 0)):
            assert page.locator("img.still:visible").count() == still
            assert page.locator("video:visible, img.moving:visible").count() == moving
            assert not wider_than_the_window(page)


@needs_chromium
@pytest.mark.docs_long
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", BUILT, ids=[page.stem for page in BUILT])
def test_every_page_of_the_site_fits(browser, page, width):
    """No fault on the console, nothing asked of a network, nothing wider than the window; films play."""
    with tabs(browser, width, 800, silent=True) as show:
        tab = show(page)
        assert not wider_than_the_window(tab)
        film = tab.locator("figure.film video").first
        if film.count():
            film.scroll_into_view_if_needed()
            tab.wait_for_function("document.querySelector('figure.film video').currentTime > 0.2")
