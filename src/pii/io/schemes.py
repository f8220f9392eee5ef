"""Schemes as YAML and JSON, and from indicator lists: every mistake is said at once, each with its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pii.errors import Problem, SchemeError
from pii.io.documents import Document, read_text
from pii.io.mending import scheme_of
from pii.io.yaml import dump_yaml, parse
from pii.scheme import Scheme
from pii.spelling import did_you_mean

__all__ = [
    "built_in_path",
    "built_in_scheme",
    "built_in_schemes",
    "built_in_text",
    "dump_scheme",
    "parse_scheme",
    "read_scheme",
    "scheme_schema",
    "write_scheme",
]


def read_scheme(path: str | Path) -> Scheme:
    """Return the scheme that a file holds: YAML, JSON, or an indicator list as CSV or Excel.

    An indicator list (`pii.io.indicator_lists`) gives a scheme with default methods; change them with
    ``scheme.replace(normalise="zscore")``.

    Parameters
    ----------
    path
        A file ending in .yaml, .yml, .json, .csv or .xlsx.

    Raises
    ------
    SchemeError
        Every mistake in the file, in the order of its lines.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix in {".csv", ".xlsx"}:
        from pii.io.indicator_lists import read_indicator_list

        return scheme_of(read_indicator_list(path))
    if suffix not in _FORMATS:
        raise _wrong_format(path, (*_FORMATS, ".csv", ".xlsx"))
    return parse_scheme(read_text(path), _FORMATS[suffix], file=str(path))


def parse_scheme(text: str, format: Literal["yaml", "json"] = "yaml", *, file: str = "") -> Scheme:  # noqa: A002
    r"""Return the scheme that a text holds, as ``read_scheme`` does; ``file`` is its name in problems.

    Examples
    --------
    >>> scheme = parse_scheme("code: demo\nindex: {code: total, children: [{code: a}, {code: NO}]}")
    >>> [indicator.code for indicator in scheme.indicators]
    ['a', 'NO']
    >>> parse_scheme("code: demo\nnormalise: zscor\nindex: {code: total, children: [{code: a, weight: -1}]}")
    Traceback (most recent call last):
    pii.errors.SchemeError: 2 problems
      2:12: normalise: there is no method 'zscor' for normalise; did you mean zscore?
      3:51: index.children[0].weight: the weight is -1; weights are not negative
    """
    return scheme_of(parse(text, file=file, language=format))


def write_scheme(scheme: Scheme, path: str | Path) -> None:
    """Write a scheme as YAML or JSON, by the file's ending; ``read_scheme`` gives an equal one.

    Raises
    ------
    SchemeError
        Another ending, or a method of your own, which no file can hold.
    """
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise _wrong_format(path, _FORMATS)
    path.write_text(dump_scheme(scheme, _FORMATS[path.suffix.lower()]), encoding="utf-8", newline="\n")


def dump_scheme(scheme: Scheme, format: Literal["yaml", "json"] = "yaml") -> str:  # noqa: A002
    """Give a scheme as text, without what is default; ``parse_scheme`` gives an equal one.

    Raises
    ------
    SchemeError
        A method of your own, which no file can hold.

    Examples
    --------
    >>> from pii.tree import Group, Indicator
    >>> pillar = Group(code="P1", children=[Indicator(code="NO", weight=2), Indicator(code="b")])
    >>> print(dump_scheme(Scheme(code="demo", index=pillar, normalise="zscore")), end="")
    code: demo
    normalise: zscore
    index:
      code: P1
      children:
        - code: 'NO'
          weight: 2
        - code: b
    """
    data = _whole_numbers(scheme.model_dump(mode="json", exclude_defaults=True))
    if scheme_of(Document(data)) != scheme:
        raise SchemeError("the scheme has a part of your own that a file cannot hold; files hold what pii declares")
    return dump_yaml(data) if format == "yaml" else json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def built_in_schemes() -> tuple[str, ...]:
    """List the schemes that come with the package, by name."""
    files = resources.files("pii.schemes").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


def built_in_path(name: str) -> Path:
    """Return where a scheme that comes with the package is.

    Raises
    ------
    SchemeError
        No scheme has the name; the nearest is suggested.
    """
    known = built_in_schemes()
    if name not in known:
        raise SchemeError(Problem(found=f"there is no built-in scheme {name!r}", remedy=did_you_mean(name, known)))
    return Path(str(resources.files("pii.schemes").joinpath(f"{name}.yaml")))


def built_in_text(name: str) -> str:
    """Return a scheme that comes with the package as it is written, comments and all."""
    return built_in_path(name).read_text(encoding="utf-8")


@cache
def built_in_scheme(name: str) -> Scheme:
    """Return a scheme that comes with the package.

    Raises
    ------
    SchemeError
        No scheme has the name; the nearest is suggested.
    """
    return parse_scheme(built_in_text(name), file=f"{name}.yaml")


def scheme_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) by which editors complete and check scheme files.

    Examples
    --------
    >>> scheme_schema()["title"]
    'Scheme'
    """
    schema = _for_editors(Scheme.model_json_schema())
    for definition in schema["$defs"].values():
        if "const" in definition["properties"].get("method", {}):
            definition["required"] = ["method", *definition.get("required", [])]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


_FORMATS: dict[str, Literal["yaml", "json"]] = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}


def _wrong_format(path: Path, known: Mapping[str, str] | tuple[str, ...]) -> SchemeError:
    found = f"the name ends in {path.suffix!r}" if path.suffix else "the name has no ending"
    return SchemeError(Problem(found=found, rule=f"a scheme's file ends in {', '.join(known)}", file=str(path)))


def _whole_numbers(value: Any) -> Any:
    """Write 2.0 as 2: reading makes it a float again."""
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _for_editors(schema: Any) -> Any:
    """Keep what an editor shows and checks: the first paragraph of each description, no second titles."""
    if isinstance(schema, list):
        return [_for_editors(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _for_editors(part) for key, part in schema.items() if key != "discriminator"}
    if isinstance(text := kept.get("description"), str):
        kept["description"] = " ".join(text.split("\n\n")[0].split()).replace("``", "`")
    if kept.get("default") == []:
        del kept["default"]
    for field in kept.get("properties", {}).values():
        field.pop("title", None)
    return kept
