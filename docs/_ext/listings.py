"""The directives command, parameters, fields and errors: the reference, made from the program itself."""

from dataclasses import fields
from itertools import chain

import error_sentences
import typer
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from animator.cli import app
from animator.design import scene_files
from animator.design.style import STYLES, Style

COMMANDS = typer.main.get_command(app.app).commands  # type: ignore[attr-defined]


def table(*rows: tuple[str, ...]) -> str:
    """A table in Markdown; the first row is its head."""
    head, *body = (" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows)
    return "\n".join(f"| {row} |" for row in (head, " | ".join("---" for _ in rows[0]), *body))


class Listing(SphinxDirective):
    """A directive that says something in Markdown."""

    has_content = False

    def markdown(self) -> str:
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        return self.parse_text_to_nodes(self.markdown())


class Command(Listing):
    """What a command is for, and all that it takes."""

    required_arguments = 1

    def markdown(self) -> str:
        command = COMMANDS[self.arguments[0]]
        context = command.make_context(command.name, [], resilient_parsing=True)
        usage = " ".join(["animator", command.name, *command.collect_usage_pieces(context)])
        rows = [("argument or option", "what it is", "by default")]
        for option in (one for one in command.params if one.name != "help" and not getattr(one, "hidden", 0)):
            flags = [flag for flag in chain(option.opts, option.secondary_opts) if flag.startswith("-")]
            name = ", ".join(f"`{flag}`" for flag in flags) or f"`{option.metavar or option.name}`"
            default = f"`{option.default}`" if option.default not in (None, False, [], ()) else ""
            rows.append((name, getattr(option, "help", "") or "", default))
        return f"{command.help}\n\n```text\n{usage}\n```\n\n{table(*rows)}"


class Parameters(Listing):
    """The bundled scenes with their parameters."""

    def markdown(self) -> str:
        rows = [("scene", "what it shows", "parameters")]
        for name in scene_files.names():
            file = scene_files.find(name)
            told = ", ".join(f"`{parameter.describe()}`" for parameter in file.parameters)
            rows.append((f"`{name}`", file.description, told))
        return table(*rows)


class Fields(Listing):
    """The keys of a style file, with their values in each bundled style."""

    def markdown(self) -> str:
        rows = [("key", *(f"`{name}`" for name in STYLES))]
        for key in (field.name for field in fields(Style) if field.name not in ("name", "unfollowed")):
            values = (getattr(style, key) for style in STYLES.values())
            told = (" ".join(value) if isinstance(value, tuple) else str(value) for value in values)
            rows.append((f"`{key}`", *told))
        return table(*rows)


class Errors(Listing):
    """Every sentence of an AnimatorError, by area; what differs from case to case is three dots."""

    def markdown(self) -> str:
        parts = []
        for area, found in error_sentences.by_area().items():
            parts += [f"**{area}**", *(f"```text\n{text}\n```" for text in found)]
        return "\n\n".join(parts)


def setup(app: Sphinx) -> dict[str, bool]:
    table = {"command": Command, "parameters": Parameters, "fields": Fields, "errors": Errors}
    for name, directive in table.items():
        app.add_directive(name, directive)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
