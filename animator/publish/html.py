"""Pages from templates: what comes from files is escaped, what is a page's own is let through as it is.

A page has one script, put together from files; its content policy names the script's digest, so no other
runs. Data travel as JSON that no tag can end. Every template is filled in here.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup

from animator.core.language import ENGLISH, language, said_in

WORDS = Path(__file__).parent / "templates" / "words.js"


def page(folder: Path, template: str, *, lang: str = ENGLISH, **values: object) -> str:
    """The file `template` of `folder` with its values: all but Markup is escaped, none may be missing.

    lang: the language of the page, in which its `t` says the page's own words.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(folder)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return pages.get_template(template).render(lang=lang, t=said_in(lang), **values)


def scripted(
    folder: Path,
    template: str,
    scripts: Sequence[str],
    data: object,
    *,
    lang: str,
    **values: object,
) -> str:
    """As `page`, with one script of the files `scripts` beside the template, in a folder of its name.

    The template takes it as `script`, its digest as `digest`, and in JSON what it works on as `data` and what
    it says as `language`.
    """
    parts = folder / Path(template).stem
    script = strict_script([WORDS, *(parts / f"{name}.js" for name in scripts)])
    values |= {"script": script, "digest": digest(script), "data": embedded(data)}
    return page(folder, template, lang=lang, language=embedded(_language(lang, script)), **values)


def _language(lang: str, script: str) -> dict[str, object]:
    """What a script says in a language, and how it writes numbers."""
    found = language(lang)
    words = {message: said for message, said in found.messages.items() if f't("{message}"' in script}
    return {"code": lang, "decimal": found.decimal, "group": found.group, "words": words}


def own(*files: Path) -> Markup:
    """The text of the package's own files, such as style sheets, one after the other."""
    return Markup("\n".join(file.read_text(encoding="utf-8") for file in files))


def strict_script(files: Iterable[Path]) -> Markup:
    """One strict script of the package's own files, which share its names and nothing else."""
    return Markup('(() => {\n"use strict";\n') + own(*files) + Markup("})();")


def digest(script: str) -> str:
    """What a content policy calls a script by: its SHA-256, base64."""
    return b64encode(sha256(script.encode()).digest()).decode()


def embedded(data: object) -> Markup:
    """`data` as JSON that no letter of can end the element it stands in; ValueError for NaN and infinity."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def data_address(mime: str, content: bytes) -> str:
    """The address that is a file itself."""
    return f"data:{mime};base64,{b64encode(content).decode()}"
