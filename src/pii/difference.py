"""What differs between two results: the scheme by field, the table by cell, scores and ranks by unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pii.arrays import Vector
from pii.provenance import OriginChange, origin_changes
from pii.result import Result
from pii.scheme import Scheme
from pii.spec import Method, Spec
from pii.table import Table
from pii.tree import Group, Indicator

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SAME",
    "CellChange",
    "Difference",
    "Part",
    "SchemeChange",
    "TextChange",
    "cell_changes",
    "difference",
    "differing",
    "scheme_changes",
    "text_changes",
]

SAME = 1e-12
"""How far two computed numbers may lie apart, as a share of the larger or of 1, and count as the same."""

Part: TypeAlias = Literal["scheme", "cells", "texts", "scale", "scores", "ranks", "provenance"]
"""What two results can differ in."""


class SchemeChange(NamedTuple):
    """A field that differs; None where a side does not have it."""

    node: str
    """The code of the node that it is of; empty for a field of the scheme itself."""
    field: str
    """Which one, such as ``weight``, ``treat.limit`` or ``parent``; empty for the node as a whole."""
    before: Any
    after: Any


class CellChange(NamedTuple):
    """A value that differs; NaN where it is not measured."""

    unit: str
    name: str
    column: str
    before: float
    after: float


class TextChange(NamedTuple):
    """A text that differs; None where a side has no such unit or column."""

    unit: str
    """The unit's code; empty for what is said of the table or of one of its columns."""
    field: str
    """``unit``, ``column CODE``, ``name``, a label, or ``title``, ``period``, ``system`` and ``notes``."""
    before: str | None
    after: str | None


def differing(before: ArrayLike, after: ArrayLike) -> NDArray[np.bool_]:
    r"""Where computed numbers are not the same: :math:`|a - b| > 10^{-12} \max(|a|, |b|, 1)`, or one is missing.

    Parameters
    ----------
    before, after
        Of one shape; NaN where there is none.

    Examples
    --------
    >>> differing([0.1 + 0.2, 1.0, np.nan, np.nan], [0.3, 1.1, np.nan, 0.0])
    array([False,  True, False,  True])
    """
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    gap = np.isnan(a) != np.isnan(b)
    size = np.maximum(np.maximum(np.abs(a), np.abs(b)), 1.0)
    with np.errstate(invalid="ignore"):
        apart = np.abs(a - b) > SAME * size
    either: NDArray[np.bool_] = gap | apart
    return either


def scheme_changes(before: Scheme, after: Scheme) -> tuple[SchemeChange, ...]:
    """The fields that differ between two schemes, nodes and columns matched by their codes.

    A node that only one side has is one change, with its title; one that hangs elsewhere differs in ``parent``. A
    method is one change where another takes its place, else a change a setting.

    Examples
    --------
    >>> one = Scheme(code="demo", index=Group(code="i", children=[Indicator(code="a"), Indicator(code="b")]))
    >>> other = one.replace(normalise={"method": "minmax", "floor": 1.0}, index=Group(code="i",
    ...     children=[Indicator(code="a", weight=2), Indicator(code="c", name="Third")]))
    >>> for change in scheme_changes(one, other):
    ...     print(*change, sep=" | ")
     | normalise.floor | 0.0 | 1.0
    a | weight | 1.0 | 2.0
    b |  | b | None
    c |  | None | Third
    """
    return tuple(_scheme_changes(before, after))


def _scheme_changes(before: Scheme, after: Scheme) -> Iterator[SchemeChange]:
    for field, *values in _fields(before, after, without=("index",)):
        yield SchemeChange("", field, *values)
    old, new = ({node.code: node for node in scheme.nodes} for scheme in (before, after))
    for code in dict.fromkeys((*old, *new)):
        if code not in old or code not in new:
            yield SchemeChange(code, "", *(nodes[code].title() if code in nodes else None for nodes in (old, new)))
            continue
        one, other = old[code], new[code]
        if before.parents.get(code) != after.parents.get(code):
            yield SchemeChange(code, "parent", before.parents.get(code), after.parents.get(code))
        if type(one) is not type(other):
            kinds = ("indicator" if isinstance(node, Indicator) else "group" for node in (one, other))
            yield SchemeChange(code, "kind", *kinds)
            continue
        for field, *values in _fields(one, other, without=("code", "children")):
            yield SchemeChange(code, field, *values)
        if isinstance(one, Group) and isinstance(other, Group):
            yield from _order(one, other)


def _order(before: Group, after: Group) -> Iterator[SchemeChange]:
    """Children that both have and list in another order."""
    old, new = ([child.code for child in group.children] for group in (before, after))
    both = set(old) & set(new)
    orders = [tuple(code for code in codes if code in both) for codes in (old, new)]
    if orders[0] != orders[1]:
        yield SchemeChange(before.code, "order", *orders)


def _fields(before: Spec, after: Spec, *, without: tuple[str, ...] = ()) -> Iterator[tuple[str, Any, Any]]:
    for field in type(before).model_fields:
        if field not in without:
            yield from _values(field, getattr(before, field), getattr(after, field))


def _values(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """The parts of a field that differ, each with its path."""
    if before == after:
        return
    if isinstance(before, Spec) and type(before) is type(after):
        for field, *values in _fields(before, after):
            yield f"{path}.{field}", *values
        return
    old, new = _by_key(before, after)
    if old is None or new is None:
        yield path, _plain(before), _plain(after)
        return
    both = [tuple(key for key in keys if key in old and key in new) for keys in (old, new)]
    for key in dict.fromkeys((*old, *new)):
        yield from _values(f"{path}[{key}]", old.get(key), new.get(key))
    if both[0] != both[1]:
        yield f"{path}.order", both[0], both[1]


def _by_key(before: Any, after: Any) -> tuple[Mapping[Any, Any] | None, Mapping[Any, Any] | None]:
    """Both as mappings, where they are: texts by language, columns by code."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        items = (*before, *after)
        if all(isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], str) for item in items):
            return dict(before), dict(after)
        if all(isinstance(item, Spec) and hasattr(item, "code") for item in items):
            return {item.code: item for item in before}, {item.code: item for item in after}
    return None, None


def _plain(value: Any) -> Any:
    if isinstance(value, Method):
        return value.declaration()
    if isinstance(value, Spec):
        return value.model_dump(mode="json", exclude_defaults=True)
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def cell_changes(before: Table, after: Table) -> tuple[CellChange, ...]:
    """The values that differ between two tables, of the units and columns that both have, matched by code.

    Tables are what was typed in: any other digit is a change.

    Examples
    --------
    >>> one = Table.of({"a": [1.0, 2.0], "b": [3.0, None]}, units=["x", "y"])
    >>> other = Table.of({"b": [4.0, 3.0], "a": [2.0, 1.0]}, units=["y", "x"])
    >>> cell_changes(one, other)
    (CellChange(unit='y', name='y', column='b', before=nan, after=4.0),)
    """
    units, rows = _shared(before.units.codes, after.units.codes)
    columns, across = _shared(before.columns, after.columns)
    old = before.values[np.ix_(rows[0], across[0])]
    new = after.values[np.ix_(rows[1], across[1])]
    apart = (old != new) & ~(np.isnan(old) & np.isnan(new))
    return tuple(
        CellChange(
            units[row], after.units.names[rows[1][row]], columns[at], float(old[row, at]), float(new[row, at])
        )
        for row, at in np.argwhere(apart).tolist()
    )


def text_changes(before: Table, after: Table) -> tuple[TextChange, ...]:
    """Units and columns that only one table has, and the names, labels and titles that differ.

    Examples
    --------
    >>> one = Table.of({"a": [1.0]}, units=["x"], period="2029")
    >>> for change in text_changes(one, Table.of({"a": [1.0, 2.0]}, units=["x", "y"], period="2030")):
    ...     print(change)
    TextChange(unit='', field='period', before='2029', after='2030')
    TextChange(unit='y', field='unit', before=None, after='y')
    """
    return tuple(_text_changes(before, after))


def _text_changes(before: Table, after: Table) -> Iterator[TextChange]:
    pairs: dict[str, tuple[str | None, str | None]] = {
        "title": (before.title, after.title),
        "period": (before.period, after.period),
        "system": (before.units.system, after.units.system),
        "notes": ("\n".join(before.notes), "\n".join(after.notes)),
    }
    for code in dict.fromkeys((*before.columns, *after.columns)):
        pairs[f"column {code}"] = (
            code if code in before.columns else None,
            code if code in after.columns else None,
        )
    for field, (old, new) in pairs.items():
        if old != new:
            yield TextChange("", field, old, new)
    sides = [{code: _texts(table, at) for at, code in enumerate(table.units.codes)} for table in (before, after)]
    for code in dict.fromkeys((*sides[0], *sides[1])):
        one, other = (side.get(code) for side in sides)
        if one is None or other is None:
            yield TextChange(code, "unit", one["name"] if one else None, other["name"] if other else None)
            continue
        for field in dict.fromkeys((*one, *other)):
            if one.get(field) != other.get(field):
                yield TextChange(code, field, one.get(field), other.get(field))


def _texts(table: Table, at: int) -> dict[str, str]:
    return {"name": table.units.names[at]} | {label: column[at] for label, column in table.units.labels.items()}


def _shared(
    before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[list[str], tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """What both have, in the order of the second, and where it stands in each."""
    first = {code: at for at, code in enumerate(before)}
    codes = [code for code in after if code in first]
    there = {code: at for at, code in enumerate(after)}
    return codes, (
        np.array([first[code] for code in codes], dtype=np.intp),
        np.array([there[code] for code in codes], dtype=np.intp),
    )


@dataclass(frozen=True, eq=False)
class Difference:
    """Two results, and what differs between them."""

    before: Result
    after: Result
    scheme: tuple[SchemeChange, ...]
    cells: tuple[CellChange, ...]
    """Of what was measured."""
    texts: tuple[TextChange, ...]
    """Units, columns, names and labels."""
    scale: tuple[CellChange, ...]
    """Of the values that fixed the scale, where other values did."""
    scores: tuple[CellChange, ...]
    """Of every node that both trees have and every unit ranked in either; the node is the column."""
    ranks: tuple[CellChange, ...]
    """Places by the index, of every unit ranked in either; the index is the column."""
    provenance: tuple[OriginChange, ...]
    """Where cells that were measured come from."""

    def __bool__(self) -> bool:
        """Whether anything differs."""
        parts = (self.scheme, self.cells, self.texts, self.scale, self.scores, self.ranks, self.provenance)
        return any(parts)

    def to_frame(self, part: Part) -> pd.DataFrame:
        """One row a change: node (or unit), field, before, after; of cells unit, name, column, before, after.

        Where cells come from has the field as well.
        """
        import pandas as pd

        heads = {
            "scheme": SchemeChange._fields,
            "texts": TextChange._fields,
            "provenance": OriginChange._fields,
        }
        rows: tuple[Any, ...] = getattr(self, part)
        return pd.DataFrame(rows, columns=list(heads.get(part, CellChange._fields)))


def difference(before: Result, after: Result) -> Difference:
    """What differs between two results: what went in, and what came of it.

    Scores and ranks are matched by the codes of units and nodes, and differ as ``differing`` says; the index of one
    is compared to that of the other, whatever they are called.

    Examples
    --------
    >>> from pii.compute import compute
    >>> index = Group(code="i", children=[Indicator(code="a")])
    >>> results = [compute(Scheme(code="demo", index=index), Table.of({"a": values}, units=["x", "y", "z"]))
    ...            for values in ([1.0, 2.0, 3.0], [1.0, 4.0, 3.0])]
    >>> found = difference(*results)
    >>> found.to_frame("ranks")
      unit name column  before  after
    0    y    y      i     2.0    1.0
    1    z    z      i     1.0    2.0
    """
    nodes = [(before.scheme.index.code, after.scheme.index.code)]
    shared = {node.code for node in before.scheme.nodes[1:]}
    nodes += [(node.code, node.code) for node in after.scheme.nodes[1:] if node.code in shared]
    old, new = before.reference, after.reference
    names = dict(zip(before.measured.units.codes, before.measured.units.names, strict=True))
    names |= zip(after.measured.units.codes, after.measured.units.names, strict=True)
    return Difference(
        before,
        after,
        scheme_changes(before.scheme, after.scheme),
        cell_changes(before.measured, after.measured),
        (*text_changes(before.measured, after.measured), *_scale_changes(old, new)),
        cell_changes(old, new) if old is not None and new is not None else (),
        tuple(_moved(before, after, nodes, _scores(before), _scores(after))),
        tuple(_moved(before, after, nodes[:1], _places(before), _places(after))),
        tuple(origin_changes(before.measured.noted, after.measured.noted, names)),
    )


def _scale_changes(before: Table | None, after: Table | None) -> Iterator[TextChange]:
    """Texts of the tables that fixed the scale; or that only one result was put on the scale of other values."""
    if before is not None and after is not None:
        for change in text_changes(before, after):
            yield change._replace(field=f"scale: {change.field}")
    elif before is not None or after is not None:
        said = [None if table is None else table.period or table.title for table in (before, after)]
        yield TextChange("", "scale", said[0], said[1])


def _scores(result: Result) -> dict[str, Vector]:
    return {column: grid.column(column) for grid in (result.composite, result.scores) for column in grid.columns}


def _places(result: Result) -> dict[str, Vector]:
    return {result.scheme.index.code: result.ranking.values[:, 0]}


def _moved(
    before: Result,
    after: Result,
    nodes: Sequence[tuple[str, str]],
    old: Mapping[str, Vector],
    new: Mapping[str, Vector],
) -> Iterator[CellChange]:
    """What differs of some nodes, unit by unit."""
    names = {
        code: name
        for units in (before.composite.units, after.composite.units)
        for code, name in zip(units.codes, units.names, strict=True)
    }
    sides = []
    for result, values, which in ((before, old, 0), (after, new, 1)):
        at = {code: row for row, code in enumerate(result.composite.units.codes)}
        known = np.array([[*values[pair[which]], np.nan] for pair in nodes])  # the last is of units not ranked
        sides.append(known[:, [at.get(code, -1) for code in names]])
    codes = list(names)
    for row, node in np.argwhere(differing(sides[0], sides[1]).T).tolist():
        yield CellChange(codes[row], names[codes[row]], nodes[node][1], *(float(side[node, row]) for side in sides))
