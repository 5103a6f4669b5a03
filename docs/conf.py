"""How the site is built: `make docs`, or `make docs-text` without films. Nothing is fetched from the net."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import animator  # noqa: E402

project = "animator"
author = "the animator developers"
copyright = "the animator developers"
version = release = animator.__version__
html_title = "animator"

extensions = [
    "myst_nb",
    "sphinx_design",
    "sphinx.ext.autodoc",
    "numpydoc",
    "films",
    "listings",
]
exclude_patterns = ["_build", "_ext", "media", "**.part.h5"]
suppress_warnings = ["config.cache"]
default_role = "code"

# links and names: an unknown one ends the build (-W -n); types of other libraries are not looked up
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!animator).*"), ("py:.*", r"animator\.[a-z]+\..*")]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

nb_execution_mode = "auto"
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "article_footer_items": ["prev-next"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_sidebars = {"index": [], "troubleshooting": [], "glossary": []}
