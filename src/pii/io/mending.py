"""A document made a scheme, or every mistake in it said: what is refused is mended, so that none hides another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from difflib import get_close_matches
from itertools import count
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from pii.choices.design import Choice, Uncertainty
from pii.errors import Problem, SchemeError
from pii.io.documents import REFUSED, Address, Document, Words, dotted
from pii.io.wording import Mistake, unknown_key, words
from pii.methods.sample import Sampler
from pii.scheme import FAMILIES, Column, Faults, Scheme
from pii.screen import Screen, Within
from pii.spec import Spec, members
from pii.spelling import nearest
from pii.tree import Group, Indicator, Range

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["scheme_of"]

_PASSES = 12  # each mends what the one before refused; a file needs two or three


def scheme_of(document: Document) -> Scheme:
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
        # Where a field takes a count or a share, what is neither is said once, as no count.
        found: dict[tuple[Address, bool], Mistake] = {}
        for line in error.errors(include_url=False):
            mistake = _mistake(line, self.data)
            found.setdefault((mistake.address, mistake.kind == "extra_forbidden"), mistake)
        for mistake in sorted(found.values(), key=lambda mistake: mistake.kind != "extra_forbidden"):
            if mistake.kind == "extra_forbidden":
                yield self._problem(mistake.address, unknown_key(mistake), at_key=True)
                self._respell(mistake)
            elif not self._is_mended(mistake):
                if not self._is_known(mistake):
                    yield self._problem(mistake.address, words(mistake, self._text(mistake.address)))
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

    def _is_mended(self, mistake: Mistake) -> bool:
        if mistake.kind == "too_short":
            # A list whose items were refused is no shorter for that, whatever pydantic counts.
            return bool(_value(self.document.data, self._as_written(mistake.address)))
        return mistake.kind == "missing" and _value(self.data, mistake.address) is not None

    def _is_known(self, mistake: Mistake) -> bool:
        # The document says why it refused a value; one of the wrong type may belong to another key than the likely.
        return mistake.value is REFUSED or (mistake.address in self.written and mistake.kind.endswith("_type"))

    def _follows(self, address: Address) -> bool:
        if address[-1] == "goalposts":
            return any((*owner, "normalise") in self.lost for owner in (address[:-1], ()))
        if address[-1] in {"denominator", "by"} or address[0] in {"screen", "uncertainty"}:
            lost = [field for field in self.lost if field[0] != "uncertainty"]
            return any(isinstance(field[-1], int) or field[-1] in _DECLARES for field in lost)
        return False

    def _problem(self, address: Address, words: Words, *, at_key: bool = False) -> Problem:
        written = self._as_written(address)
        place = (self.document.keys.get(written) if at_key else None) or self.document.place(written)
        line, column = (place.line, place.column) if place else (None, None)
        found, rule, remedy = words
        node = self.document.rows.get(line or 0, "")
        return Problem(
            found=found,
            rule=rule,
            remedy=remedy,
            file=self.document.file,
            line=line,
            column=column,
            path="" if node else dotted(written),
            indicator=node,
        )

    def _text(self, address: Address) -> str:
        place = self.document.values.get(self._as_written(address))
        return place.text if place else ""

    def _as_written(self, address: Address) -> Address:
        written: Address = ()
        for length, part in enumerate(address, start=1):
            written = self.written.get(address[:length], (*written, part))
        return written

    def _respell(self, mistake: Mistake) -> None:
        """Give an unknown key its likely spelling; without one, take it away."""
        *owner, key = mistake.address
        mapping = _value(self.data, tuple(owner))
        if not isinstance(mapping, dict) or key not in mapping:  # another mistake's stand-in has taken its place
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
        within: Any = _value(self.data, tuple(owner))
        if key in _STAND_INS:
            within[key] = _STAND_INS[key]
        elif key == "code":
            within[key] = self._code()
        elif key == "children":
            within[key] = [self._node()]
        elif isinstance(key, int):
            within[key] = self._choice() if owner[-1] == "choices" else self._node()
        elif key == "choices":
            within[key] = [self._choice()]
        elif key == "index":
            within[key] = {"code": self._code(), "children": [self._node()]}
        else:
            within.pop(key, None)

    def _code(self) -> str:
        return f"(no code {next(self.number)})"

    def _node(self) -> dict[str, Any]:
        return {"code": self._code(), "normalise": "none"}

    def _choice(self) -> dict[str, Any]:
        return {"vary": "weights", "name": f"(no name {next(self.number)})"}


_STAND_INS: dict[str | int, Any] = {
    "aggregate": "arithmetic",
    "goalposts": {"low": 0, "high": 1},
    "impute": "none",
    "normalise": "none",
    "target": 0,
    "weigh": "equal",
}
"""For fields that other rules ask about, values that break none of them."""
# Fields that declare codes; without them an unknown code means nothing.
_DECLARES = {"children", "code", "denominators", "index", "labels", "units"}


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
    """The field of a node, or of the scheme, that an address is in; a node's own address when it is no field.

    Of what is uncertain, the choice that it is in, or the field beside the choices.
    """
    length = 1
    if address[0] == "uncertainty":
        return address[:3] if address[1:2] == ("choices",) else address[:2]
    if address[0] == "index":
        while address[length : length + 1] == ("children",) and len(address) > length + 1:
            length += 2
        return address[: length + 1]
    return address[:1]


def _mistake(error: ErrorDetails, data: Any) -> Mistake:
    kind, location, context = error["type"], error["loc"], error.get("ctx", {})
    address = _address(location, data)
    known: tuple[str, ...] = ()
    if kind == "extra_forbidden":
        known = _known_keys(location[:-1])
    elif kind in {"union_tag_invalid", "union_tag_not_found"}:
        known = tuple(_kinds(location))
        if location[-2:-1] == ("choices",) and kind == "union_tag_invalid":
            address = (*address, "vary")
    return Mistake(kind, address, error["input"], context, known)


def _address(location: Address, data: Any) -> Address:
    """Where pydantic's location is in the data: without the kinds of node and method that it names between."""
    address: list[str | int] = []
    named = False
    for part in location:
        if named:
            named = False
            continue
        if part in _BRANCHES:
            break
        if isinstance(part, int) and isinstance(data, dict):  # names by language, which are read as pairs
            key, named = list(data)[part], True
        else:
            item = isinstance(part, int) and address[-1] in _TAGGED
            key, named = part, item or part in FAMILIES or part == "sampler"
        address.append(key)
        data = _value(data, (key,))
    return tuple(address)


# What pydantic calls the types of a field that takes a count or a share, behind the field.
_BRANCHES = {"constrained-int", "constrained-float"}
# Lists of which pydantic names the kind of every item, after its number.
_TAGGED = {"among", "children", "choices"}
_SPECS: dict[str | int, type[Spec]] = {
    "denominators": Column,
    "goalposts": Range,
    "group": Group,
    "index": Group,
    "indicator": Indicator,
    "labels": Column,
    "screen": Screen,
    "uncertainty": Uncertainty,
    "valid": Range,
    "within": Within,
}


def _known_keys(owner: Address) -> tuple[str, ...]:
    """The keys that a mapping takes, by its location."""
    if len(owner) > 1 and owner[-1] in (kinds := _kinds(owner[:-1])):
        return tuple(kinds[str(owner[-1])].model_fields)
    name = next((part for part in reversed(owner) if isinstance(part, str)), "")
    # What lacks children is taken for an indicator, perhaps because they are misspelt.
    return (*_SPECS.get(name, Scheme).model_fields, *(["children"] if name == "indicator" else []))


def _kinds(location: Address) -> dict[str, type[Spec]]:
    """The methods, or the kinds of choice, that may be at a location, by name."""
    if location[-2:-1] == ("choices",):
        return {str(kind.model_fields["vary"].default): kind for kind in get_args(get_args(Choice)[0])}
    if location[-2:-1] == ("among",):
        location = location[-3:-2]  # the kind of choice is called as the field that its methods are for
    family = {**FAMILIES, "sampler": Sampler}.get(str(location[-1]))
    return {method.method_name(): method for method in members(family)} if family else {}
