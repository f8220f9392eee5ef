"""Make the reference pages from the code: every method, every field of a scheme file, every command.

Sphinx calls ``write_all`` before it reads the pages (see ``conf.py``), and hand-written pages include what it
writes into ``docs/generated/``. A new method, field or option is thus on its page without anybody writing it there.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from pydantic_core import PydanticUndefined

from pii.choices.alternatives import VaryReference
from pii.choices.design import CHOICES, Uncertainty
from pii.cli.line import COMMANDS, main
from pii.methods.expect import Curve
from pii.methods.sample import Sampler
from pii.scheme import FAMILIES, Column, Scheme
from pii.screen import Screen, Within
from pii.spec import Family, Method, Spec, members
from pii.tree import Group, Indicator, Range

__all__ = ["MODELS", "commands", "methods", "scheme_fields", "stage", "write_all"]

MODELS: tuple[type[Spec], ...] = (Scheme, Group, Indicator, Range, Column, Screen, Within, Uncertainty, *CHOICES)
"""What a scheme file is made of."""

_SECTION = re.compile(r"^(?P<title>[A-Z]\w+)\n-{3,}\n", re.MULTILINE)
_ROLE = re.compile(r":(?P<role>math|class|func):`(?P<text>[^`]+)`")


def write_all(folder: Path) -> None:
    """Write every generated page; a page that has not changed keeps its date."""
    pages = {f"stages/{name}.md": stage(name) for name in FAMILIES}
    pages |= {"methods.md": methods(), "scheme_fields.md": scheme_fields(), "commands.md": commands()}
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")


def methods() -> str:
    """One table a stage: how a scheme file calls each method, what it does, and its source."""
    lines: list[str] = []
    for name, union in FAMILIES.items():
        lines += [f"## {{doc}}`{name.capitalize()} <stages/{name}>`", ""]
        rows = ((f"{{ref}}`{m.method_name()} <{_label(m)}>`", *_described(m)) for m in members(union))
        lines += _table(("in a scheme file", "class", "what", "source"), rows)
    lines += ["## {doc}`Study <uncertainty>`", ""]
    rows = ((f"`{method.method_name()}`", *_described(method)) for method in members(Sampler))
    lines += _table(("sampler", "class", "what", "source"), rows)
    choices = ((f"`{choice.model_fields['vary'].default}`", *_described(choice)) for choice in CHOICES)
    lines += _table(("vary", "class", "what", "source"), choices)
    lines += ["## {doc}`Read <stages/read>`", ""]
    rows = ((f"`{method.method_name()}`", *_described(method)) for method in members(Curve))
    lines += _table(("expected by", "class", "what", "source"), rows)
    return "\n".join(lines)


def _described(documented: type[Spec]) -> tuple[str, ...]:
    sections = _sections(documented)
    return f"`{documented.__name__}`", _flat(sections[""].split("\n\n")[0]), _source(sections)


def stage(name: str) -> str:
    """The methods of a stage: formula, source, example, parameters."""
    union = FAMILIES[name]
    base = _base(union)
    lines = ["## What every method of the stage keeps", ""]
    lines += _rst(_sections(base)[""])
    lines += _rst(_contract(base))
    lines += [f"## Methods of `{name}`", ""]
    for method in members(union):
        lines += _method(name, method)
    return "\n".join(lines)


def _base(union: Any) -> type[Method]:
    found: type[Method] = next(mark.base for mark in union.__metadata__ if isinstance(mark, Family))
    return found


def _contract(base: type[Method]) -> str:
    """The parameters and refusals of a family's call, as a definition list."""
    sections = _sections(base.__call__)
    return "\n".join(
        f"{title}\n{_indented(sections[title])}\n"
        for title in ("Parameters", "Returns", "Raises")
        if title in sections
    )


def _method(name: str, method: type[Method]) -> list[str]:
    sections = _sections(method)
    lines = [f"({_label(method)})=", f"### `{method.method_name()}`", ""]
    lines += _rst(sections[""])
    parameters = {field: info for field, info in method.model_fields.items() if field != "method"}
    if parameters:
        kinds = method.model_json_schema()["properties"]
        lines += _table(
            ("parameter", "is", "default", "meaning"),
            (
                (f"`{field}`", _kind(kinds[field]), _default(info), _flat(info.description or ""))
                for field, info in parameters.items()
            ),
        )
    lines += ["In a scheme file, every parameter at its default:" if parameters else "In a scheme file:", ""]
    lines += ["```yaml", _yaml_line(name, method), "```", ""]
    lines += [f"In code, {{py:class}}`{method.__module__}.{method.__name__}`:", ""]
    lines += ["```pycon", sections.get("Examples", "").strip(), "```", ""]
    if "References" in sections:
        lines += ["Source:", "", *_rst(sections["References"])]
    return lines


def _yaml_line(name: str, method: type[Method]) -> str:
    chosen = {
        field: info.default
        for field, info in method.model_fields.items()
        if field != "method" and info.default is not PydanticUndefined
    }
    if not chosen:
        return f"{name}: {method.method_name()}"
    said = "".join(f", {field}: {_plain(value)}" for field, value in chosen.items())
    return f"{name}: {{method: {method.method_name()}{said}}}"


def scheme_fields() -> str:
    """Every field of every part of a scheme file: what it takes, its default, its meaning."""
    lines: list[str] = []
    schema = Scheme.model_json_schema()
    parts = schema["$defs"] | {"Scheme": schema}
    for model in MODELS:
        kinds = parts[model.__name__]["properties"]
        lines += [f"(fields-{model.__name__.lower()})=", f"### {_TITLES[model]}", ""]
        lines += _rst(_sections(model)[""])
        lines += _table(
            ("field", "takes", "default", "meaning"),
            (
                (
                    f"`{field}`",
                    _field_kind(field, kinds[field], model),
                    _default(info),
                    _flat(info.description or _BARE[field]),
                )
                for field, info in model.model_fields.items()
            ),
        )
    return "\n".join(lines)


_TITLES: Mapping[type[Spec], str] = {
    Scheme: "The scheme",
    Group: "A group",
    Indicator: "An indicator",
    Range: "A range (`goalposts`, `valid`)",
    Column: "A column (`denominators`, `labels`)",
    Screen: "The screen",
    Within: "A rule inside groups (`screen: within`)",
    Uncertainty: "Uncertainty",
    **{choice: f"`vary: {choice.model_fields['vary'].default}`" for choice in CHOICES},
}
_BARE = {
    "low": "The lower number.",
    "high": "The higher number.",
    "vary": "Which kind of choice.",
    "among": "The methods to choose from.",
}
_PARTS = {
    "index": "{ref}`a group <fields-group>`",
    "children": "list of {ref}`groups <fields-group>` and {ref}`indicators <fields-indicator>`",
    "screen": "{ref}`a screen <fields-screen>`",
    "within": "list of {ref}`rules <fields-within>`",
    "uncertainty": "{ref}`uncertainty <fields-uncertainty>` or null",
    "choices": "list of choices, of the kinds below",
    "among": "list of methods of the stage",
    "sampler": "`sobol`, `latin_hypercube` or `random`",
    "denominators": "list of {ref}`columns <fields-column>`",
    "labels": "list of {ref}`columns <fields-column>`",
    "goalposts": "{ref}`a range <fields-range>` or null",
    "valid": "{ref}`a range <fields-range>` or null",
    "name": "text, or a text for each language",
}


def _field_kind(field: str, schema: Mapping[str, Any], model: type[Spec]) -> str:
    if model is VaryReference and field == "among":
        return "list of `own` and names of results"
    if field in FAMILIES:
        return f"{{doc}}`a method <stages/{field}>`"
    return _PARTS.get(field) or _kind(schema)


def commands() -> str:
    """Every command with its arguments and options, as click itself knows them."""
    lines: list[str] = []
    above = click.Context(main, info_name="pii", **main.context_settings)
    for name in COMMANDS:
        command = main.get_command(above, name)
        assert command is not None  # noqa: S101
        context = click.Context(command, info_name=name, parent=above)
        lines += [f"(command-{name})=", f"## `pii {name}`", ""]
        lines += [
            "```console",
            f"$ {' '.join(command.get_usage(context).removeprefix('Usage: ').split())}",
            "```",
            "",
        ]
        lines += [inspect.cleandoc(command.help or ""), ""]
        records = (parameter.get_help_record(context) for parameter in command.get_params(context))
        rows = [(f"`{_escaped(option)}`", _flat(said)) for option, said in filter(None, records) if said]
        lines += _table(("option", "meaning"), rows)
    return "\n".join(lines)


def _sections(documented: Any) -> dict[str, str]:
    """A numpydoc docstring by section; what stands before the first has no title."""
    text = inspect.cleandoc(documented.__doc__ or "")
    parts = _SECTION.split(text)
    return {
        "": parts[0].strip(),
        **{title: body.strip("\n") for title, body in zip(parts[1::2], parts[2::2], strict=True)},
    }


def _source(sections: Mapping[str, str]) -> str:
    return _flat(sections.get("References", ""))


def _label(method: type[Method]) -> str:
    return f"method-{method.__module__.rpartition('.')[2]}-{method.method_name()}".replace("_", "-")


def _flat(text: str) -> str:
    """Docstring text as one cell of a Markdown table."""
    marked = _ROLE.sub(r"{\g<role>}`\g<text>`", " ".join(text.split()))
    return _escaped(marked)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")


def _rst(text: str) -> list[str]:
    """Docstring text as it is: it is reStructuredText."""
    return ["```{eval-rst}", text.rstrip(), "```", ""] if text.strip() else []


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    head = list(heads)
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows), ""]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _default(info: Any) -> str:
    if info.is_required():
        return "required"
    default = info.get_default(call_default_factory=True)
    if isinstance(default, Method):
        return f"`{_plain(default.declaration())}`"
    if isinstance(default, Spec):
        return "its defaults"
    if isinstance(default, tuple):
        return "none"
    return f"`{_plain(default)}`" if default != "" else "empty"


def _plain(value: Any) -> str:
    """A value as a scheme file writes it."""
    if isinstance(value, float) and value != round(value):
        return f"{value:.4g}"
    return value if isinstance(value, str) else json.dumps(value)


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in words."""
    if "$ref" in schema:
        return f"a {schema['$ref'].rpartition('/')[2].lower()}"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_kind, schema["anyOf"])))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " or ".join("empty" if value == "" else f"`{value}`" for value in values)
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    words = {
        "string": "text",
        "number": "number",
        "integer": "whole number",
        "boolean": "true or false",
        "null": "null",
        "object": "mapping",
    }
    return " ".join([words[schema["type"]], *_bounds(schema)])


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    for key, words in (
        ("minimum", "from"),
        ("exclusiveMinimum", "above"),
        ("maximum", "to"),
        ("exclusiveMaximum", "below"),
    ):
        if key in schema:
            yield f"{words} {schema[key]:g}"
