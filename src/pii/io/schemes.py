"""Schemes as YAML and JSON, and from indicator lists: every mistake is said at once, each with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import resources
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from pii.errors import Problem, SchemeError
from pii.io.yaml import REFUSED, Address, Document, Words, dotted, dump_yaml, parse, read_text, shorten
from pii.methods.aggregate import Aggregator
from pii.methods.denominate import Denominator
from pii.methods.impute import Imputer
from pii.methods.normalise import Normaliser
from pii.methods.rank import Ranker
from pii.methods.treat import Treater
from pii.methods.weigh import Weigher
from pii.scheme import Column, Faults, Scheme, Screen, Within
from pii.spec import Spec, members
from pii.spelling import did_you_mean, nearest
from pii.tree import Group, Indicator, Range

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = [
    "built_in_scheme",
    "built_in_schemes",
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

        return _scheme(read_indicator_list(path))
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
    return _scheme(parse(text, file=file, language=format))


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
    if _scheme(Document(data)) != scheme:
        raise SchemeError("the scheme has a part of your own that a file cannot hold; files hold what pii declares")
    return dump_yaml(data) if format == "yaml" else json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def built_in_schemes() -> tuple[str, ...]:
    """List the schemes that come with the package, by name."""
    files = resources.files("pii.schemes").iterdir()
    return tuple(sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml")))


@cache
def built_in_scheme(name: str) -> Scheme:
    """Return a scheme that comes with the package.

    Raises
    ------
    SchemeError
        No scheme has the name; the nearest is suggested.
    """
    known = built_in_schemes()
    if name not in known:
        raise SchemeError(Problem(found=f"there is no built-in scheme {name!r}", remedy=did_you_mean(name, known)))
    text = resources.files("pii.schemes").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return parse_scheme(text, file=f"{name}.yaml")


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


# --- From a document to a scheme, or to every problem


_PASSES = 12  # each mends what the one before refused; a file needs two or three


def _scheme(document: Document) -> Scheme:
    """The scheme that a document declares; else every problem, in the order of the file."""
    problems = list(document.problems)
    mended = _Mended(document)
    scheme = None
    for _ in range(_PASSES if document.data is not REFUSED else 0):
        try:
            scheme = Scheme.model_validate(mended.data)
            break
        except ValidationError as error:
            faults = _faults(error)
            problems += mended.faults(faults) if faults else mended.mistakes(error)
            if faults:
                break
    if scheme is None or problems:
        unique = dict.fromkeys(problems or [Problem(found="the file holds no scheme", file=document.file)])
        raise SchemeError(sorted(unique, key=lambda problem: (problem.line or 0, problem.column or 0)))
    return scheme


def _faults(error: ValidationError) -> Faults | None:
    """The rules that the scheme breaks as a whole: known only once each field is right by itself."""
    raised = error.errors()[0].get("ctx", {}).get("error")
    return raised if isinstance(raised, Faults) else None


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One of pydantic's errors, by its place in the data."""

    kind: str
    address: Address
    value: Any
    context: Mapping[str, Any]
    known: tuple[str, ...] = ()
    """For an unknown key, those that are known beside it."""

    @property
    def field(self) -> str:
        """The key that the mistake is in, or the list for one of its items."""
        return next((part for part in reversed(self.address) if isinstance(part, str)), "")


class _Mended:
    """A copy of a document's data in which what was refused is mended, so that the rest can be judged.

    A refused value gives way to one that breaks no rule, a key nearly spelt right to the right spelling, so that no
    mistake is said twice and none hides another.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.data = deepcopy(document.data)
        self.written: dict[Address, Address] = {}
        """The address in the file, for keys that were spelt another way there."""
        self.number = count(1)
        self.lost: set[Address] = set()
        """What has a stand-in for its value."""

    def mistakes(self, error: ValidationError) -> Iterator[Problem]:
        """Say what the fields have wrong, and mend it."""
        found = [_mistake(line, self.data) for line in error.errors(include_url=False)]
        for mistake in sorted(found, key=lambda mistake: mistake.kind != "extra_forbidden"):
            if mistake.kind == "extra_forbidden":
                yield self._problem(mistake.address, _unknown_key(mistake), at_key=True)
                self._respell(mistake)
            elif not self._is_mended(mistake):
                if mistake.value is not REFUSED:  # else the document says why
                    yield self._problem(mistake.address, _words(mistake, self._text(mistake.address)))
                self._stand_in(mistake.address)

    def faults(self, faults: Faults) -> Iterator[Problem]:
        """Say what the scheme has wrong as a whole, less what only follows from a stand-in."""
        for fault in faults.problems:
            address = tuple(
                int(position) if position else key
                for key, position in re.findall(r"([^.\[\]]+)|\[(\d+)\]", fault.path)
            )
            if not self._follows(address):
                yield self._problem(address, (fault.found, fault.rule, fault.remedy))

    def _is_mended(self, mistake: _Mistake) -> bool:
        here = _value(self.data, mistake.address)
        # A list whose items were refused is no shorter for that, whatever pydantic counts.
        return bool(here) if mistake.kind == "too_short" else mistake.kind == "missing" and here is not None

    def _follows(self, address: Address) -> bool:
        if address[-1] == "goalposts":
            return any((*owner, "normalise") in self.lost for owner in (address[:-1], ()))
        if address[-1] in {"denominator", "by"} or address[0] == "screen":
            return any(isinstance(lost[-1], int) or lost[-1] in _DECLARES for lost in self.lost)
        return False

    def _problem(self, address: Address, words: Words, *, at_key: bool = False) -> Problem:
        written = self._as_written(address)
        place = (self.document.keys.get(written) if at_key else None) or self.document.place(written)
        line, column = (place.line, place.column) if place else (None, None)
        found, rule, remedy = words
        file = self.document.file
        return Problem(
            found=found, rule=rule, remedy=remedy, file=file, line=line, column=column, path=dotted(written)
        )

    def _text(self, address: Address) -> str:
        place = self.document.values.get(self._as_written(address))
        return place.text if place else ""

    def _as_written(self, address: Address) -> Address:
        written: Address = ()
        for length, part in enumerate(address, start=1):
            written = self.written.get(address[:length], (*written, part))
        return written

    def _respell(self, mistake: _Mistake) -> None:
        """Give an unknown key its likely spelling; without one, take it away."""
        *owner, key = mistake.address
        mapping = _value(self.data, tuple(owner))
        if not isinstance(mapping, dict):  # a method with another mistake, already replaced
            return
        value = mapping.pop(key)
        missing = [name for name in mistake.known if name not in mapping]
        if likely := get_close_matches(str(key), missing, n=1, cutoff=0.8):
            mapping[likely[0]] = value
            self.written[*owner, likely[0]] = self._as_written(mistake.address)
            return
        for name in nearest(str(key), missing):
            self._stand_in((*owner, name))

    def _stand_in(self, address: Address) -> None:
        """Put something harmless in the field that an address is in."""
        field = _field(address)
        self.lost.add(field)
        *owner, key = field
        within = _value(self.data, tuple(owner))
        if key in _STAND_INS:
            within[key] = _STAND_INS[key]
        elif key == "code":
            within[key] = self._code()
        elif key == "children":
            within[key] = [self._node()]
        elif isinstance(key, int):
            within[key] = self._node()
        elif key == "index":
            within[key] = {"code": self._code(), "children": [self._node()]}
        else:
            within.pop(key, None)

    def _code(self) -> str:
        return f"(no code {next(self.number)})"

    def _node(self) -> dict[str, Any]:
        return {"code": self._code(), "normalise": "none"}


_STAND_INS: dict[str | int, Any] = {
    "aggregate": "arithmetic",
    "goalposts": {"low": 0, "high": 1},
    "impute": "none",
    "normalise": "none",
    "target": 0,
    "weigh": "equal",
}
"""For fields that other rules ask about, values that break none of them."""
_DECLARES = {"children", "code", "denominators", "index", "labels", "units"}
"""Fields that declare codes; without them an unknown code means nothing."""


def _value(data: Any, address: Address) -> Any:
    for part in address:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
        else:
            return None
    return data


def _field(address: Address) -> Address:
    """The field of a node, or of the scheme, that an address is in; a node's own address when it is no field."""
    length = 1
    if address[0] == "index":
        while address[length : length + 1] == ("children",) and len(address) > length + 1:
            length += 2
        return address[: length + 1]
    return address[:1]


_FAMILIES: dict[str | int, Any] = {
    "denominate": Denominator,
    "impute": Imputer,
    "treat": Treater,
    "normalise": Normaliser,
    "weigh": Weigher,
    "aggregate": Aggregator,
    "rank": Ranker,
}
_SPECS: dict[str | int, type[Spec]] = {
    "denominators": Column,
    "goalposts": Range,
    "group": Group,
    "index": Group,
    "indicator": Indicator,
    "labels": Column,
    "screen": Screen,
    "valid": Range,
    "within": Within,
}


def _mistake(error: ErrorDetails, data: Any) -> _Mistake:
    known = _known_keys(error["loc"][:-1]) if error["type"] == "extra_forbidden" else ()
    return _Mistake(error["type"], _address(error["loc"], data), error["input"], error.get("ctx", {}), known)


def _address(location: Address, data: Any) -> Address:
    """Where pydantic's location is in the data: without the kinds of node and method that it names between."""
    address: list[str | int] = []
    named = False
    for part in location:
        if named:
            named = False
            continue
        pair = isinstance(part, int) and isinstance(data, dict)  # the names by language, read as pairs
        part = list(data)[part] if pair else part  # noqa: PLW2901
        named = pair or part in _FAMILIES or (isinstance(part, int) and address[-1] == "children")
        address.append(part)
        data = _value(data, (part,))
    return tuple(address)


def _known_keys(owner: Address) -> tuple[str, ...]:
    """The keys that a mapping takes, by its location."""
    if len(owner) > 1 and owner[-2] in _FAMILIES:
        return tuple(next(m for m in members(_FAMILIES[owner[-2]]) if m.label() == owner[-1]).model_fields)
    name = next((part for part in reversed(owner) if isinstance(part, str)), "")
    # What lacks children is taken for an indicator, perhaps because they are misspelt.
    return (*_SPECS.get(name, Scheme).model_fields, *(["children"] if name == "indicator" else []))


_NOUNS = {"code", "name", "weight", "note", "unit", "direction", "source", "target", "denominator", "citation"}
_RULES: dict[str, str] = {
    "code": "a code is text of 1 to 120 characters on one line, without blanks at its ends",
    "children": "they are a list of groups and indicators, each with a code",
    "coverage": "it is a share, from 0 to 1",
    "direction": "a direction is 1 (more is better) or -1 (less is better)",
    "goalposts": "they are written {low: ..., high: ...}",
    "measured": "it is a share, from 0 to 1",
    "name": "a name is text, or one text for each language: {vi: ..., en: ...}",
    "nonzero": "it is a share, from 0 to 1",
    "valid": "it is written {low: ..., high: ...}",
}
_KIND_RULES: dict[str, tuple[str, str]] = {
    "bool_type": ("it is true or false", "write it without quotes"),
    "finite_number": ("numbers are finite", ""),
    "float_type": ("it is a number", "write it with a point and without quotes, such as 0.5"),
    "greater_than": ("it is above {gt:g}", ""),
    "greater_than_equal": ("it is at least {ge:g}", ""),
    "int_type": ("it is a whole number", "write it without a point and without quotes, such as 2"),
    "less_than": ("it is below {lt:g}", ""),
    "less_than_equal": ("it is at most {le:g}", ""),
    "literal_error": ("it is {expected}", ""),
    "model_type": ("it is a mapping of keys to values", ""),
    "string_type": ("it is text", "put it in quotes"),
    "tuple_type": ("it is a list", "begin each item with '- '"),
}
_REQUIRED = {
    "code": "every scheme, node and column has one",
    "children": "a group has at least one",
    "groups": "a rule within groups names them",
    "high": "a range has both ends",
    "index": "it is the group at the top of the tree",
    "low": "a range has both ends",
}


def _words(mistake: _Mistake, text: str) -> Words:
    """What is wrong, the rule and the remedy, for a statistician."""
    special = _SPECIAL.get(mistake.kind)
    if special is not None:
        return special(mistake)
    if mistake.address[-1] in _FAMILIES:
        return _no_method(mistake)
    field = mistake.field
    is_item = isinstance(mistake.address[-1], int)
    subject = f"an item of {field}" if is_item else f"the {field}" if field in _NOUNS else field
    rule, remedy = _KIND_RULES.get(mistake.kind, ("it does not take this", ""))
    rule = _RULES.get(field, rule.format(**mistake.context))
    if field == "weight":
        rule = "weights are not negative" if mistake.kind == "greater_than_equal" else "a weight is a number"
    if mistake.value is None:
        remedy = "give it a value, or remove the line"
    elif mistake.kind == "literal_error":
        remedy = did_you_mean(str(mistake.value), re.findall(r"'([^']*)'", mistake.context["expected"]))
    elif isinstance(mistake.value, dict | list | tuple):
        remedy = ""
    return f"{subject} is {_said(mistake.value, text)}", rule, remedy


def _said(value: Any, text: str) -> str:
    if value is None:
        return "empty"
    if isinstance(value, str):
        return repr(shorten(value, 60))
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list | tuple) else text or json.dumps(value)


def _unknown_key(mistake: _Mistake) -> Words:
    key = str(mistake.address[-1])
    if key in Group.model_fields and "direction" in mistake.known:
        return f"an indicator has no {key}", "only a group has", "remove the key, or give the node children"
    if key in Indicator.model_fields and "children" in mistake.known:
        return f"a group has no {key}", "only an indicator has", "remove the key, or put it on the indicators"
    near = nearest(key, mistake.known)
    rule = "" if near else f"the keys here are {', '.join(mistake.known)}"
    return f"the key {key!r} is not known here", rule, did_you_mean(key, mistake.known) if near else "remove it"


def _missing(mistake: _Mistake) -> Words:
    return f"{mistake.field} is missing", _REQUIRED.get(mistake.field, "it is needed"), "add it"


def _empty(mistake: _Mistake) -> Words:
    if mistake.field == "children":
        return "the group is empty", "a group has at least one child", "add a node to it, or remove it"
    return f"{mistake.field} is empty", "it names at least one", "add one"


def _unknown_method(mistake: _Mistake) -> Words:
    stage, tag = mistake.field, mistake.context["tag"]
    return f"there is no method {tag!r} for {stage}", "", did_you_mean(tag, _methods(stage))


def _no_method(mistake: _Mistake) -> Words:
    stage = mistake.field
    return f"{stage} names no method", "it is a method, or {method: ..., and its parameters}", _use(stage)


def _use(stage: str) -> str:
    return f"use one of {', '.join(_methods(stage))}"


def _methods(stage: str) -> tuple[str, ...]:
    return tuple(member.label() for member in members(_FAMILIES[stage]))


def _own_words(mistake: _Mistake) -> Words:
    found, _, rule = str(mistake.context["error"]).partition("; ")
    return found, rule, ""


_SPECIAL: dict[str, Callable[[_Mistake], Words]] = {
    "missing": _missing,
    "too_short": _empty,
    "union_tag_invalid": _unknown_method,
    "union_tag_not_found": _no_method,
    "value_error": _own_words,
}
