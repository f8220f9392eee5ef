"""Whether a panel, its schemes and a scale go together: all that is wrong, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar

from pii.errors import MethodError, Problem, SchemeError, TableError
from pii.panels import refuse_two_systems
from pii.scheme import Scheme
from pii.table import Panel

__all__ = ["OWN", "POOLED", "declared_by_period", "each_period", "refuse_other_definitions"]

T = TypeVar("T")

OWN, POOLED = "own", "pooled"
"""A scale for every period, and one for all of them together; other names are of base periods."""

# What two schemes must say alike of an indicator for its values to share a scale.
_DEFINING = ("unit", "direction", "denominator", "goalposts", "target", "base")


def declared_by_period(schemes: Scheme | Mapping[str, Scheme], panel: Panel, *, scale: str) -> dict[str, Scheme]:
    """The scheme of every period, once panel, schemes and scale are known to go together.

    Raises
    ------
    TableError, SchemeError
        As for ``compute_panel``: all that is wrong, at once.
    """
    in_tables: list[Problem] = []
    try:
        refuse_two_systems(panel)
    except TableError as error:
        in_tables += error.problems
    if not panel:
        in_tables.append(Problem(found="the panel has no table", rule="an index is of something measured"))
    if scale not in (OWN, POOLED, *panel):
        in_tables.append(
            Problem(
                found=f"the base period {scale!r} is not in the panel",
                rule=f"a scale is {OWN}, {POOLED}, or a period: {', '.join(panel)}",
                remedy="name one of them, or add the table of that period",
            )
        )
    known = dict.fromkeys(panel, schemes) if isinstance(schemes, Scheme) else schemes
    in_schemes = [
        Problem(
            path=period,
            found="the edition has no scheme",
            rule=f"every period has one; there are schemes for {', '.join(known) or 'none'}",
            remedy="add it, or give one scheme for all periods",
        )
        for period in panel
        if period not in known
    ]
    found = _same_for_equal({period: known[period] for period in panel if period in known})
    if scale != OWN:
        in_schemes += _other_definitions(found)
    if scale == POOLED:
        in_schemes += _bound_to_units(found)
    if in_tables:
        raise TableError([*in_tables, *in_schemes])
    if in_schemes:
        raise SchemeError(in_schemes)
    return found


def refuse_other_definitions(schemes: Mapping[str, Scheme]) -> None:
    """Refuse schemes, by period, whose indicators cannot share a scale.

    Raises
    ------
    SchemeError
        Indicators that not all have, or that are measured, turned, treated or scaled in different ways.
    """
    if problems := [*_other_definitions(schemes)]:
        raise SchemeError(problems)


def _other_definitions(schemes: Mapping[str, Scheme]) -> Iterator[Problem]:
    """How indicators differ from those of the first period."""
    editions: dict[int, list[str]] = {}
    for period, scheme in schemes.items():
        editions.setdefault(id(scheme), []).append(period)
    if len(editions) < 2:
        return
    (then, *_), *others = editions.values()
    first = _definitions(schemes[then])
    for periods in others:
        here = _definitions(schemes[periods[0]])
        for code in dict.fromkeys([*first, *here]):
            if code not in here:
                found = f"there is no such indicator, but in {then}"
            elif code not in first:
                found = f"there is no such indicator in {then}"
            elif differs := [field for field, value in here[code].items() if value != first[code][field]]:
                found = f"another {', '.join(differs)} than in {then}"
            else:
                continue
            yield Problem(
                path=", ".join(periods),
                indicator=code,
                found=found,
                rule="editions on one scale have the same indicators, defined alike",
                remedy="compute each on its own scale, or make the schemes alike",
            )


def _same_for_equal(schemes: Mapping[str, Scheme]) -> dict[str, Scheme]:
    """The same object for schemes that are equal, so that what is worked out of one is worked out once."""
    first: dict[Scheme, Scheme] = {}
    return {period: first.setdefault(scheme, scheme) for period, scheme in schemes.items()}


def _definitions(scheme: Scheme) -> dict[str, dict[str, object]]:
    """What fixes each indicator's values before and on its scale."""
    return {
        indicator.code: {field: getattr(indicator, field) for field in _DEFINING}
        | {
            "denominate": scheme.denominator_of(indicator) if indicator.denominator else None,
            "treat": scheme.treater_of(indicator),
            "normalise": scheme.normaliser_of(indicator),
        }
        for indicator in scheme.indicators
    }


def _bound_to_units(schemes: Mapping[str, Scheme]) -> Iterator[Problem]:
    """Scales that are relative to a unit, which has a value in every period."""
    for scheme in dict.fromkeys(schemes.values()):
        for indicator in scheme.indicators:
            if (unit := scheme.normaliser_of(indicator).base_unit) is not None:
                yield Problem(
                    indicator=indicator.code,
                    found=f"its scale is relative to {unit!r}, which has a value in every period",
                    rule="a pooled scale is one for all periods",
                    remedy="name a base period as the scale",
                )


def each_period(periods: Iterable[str], make: Callable[[str], T]) -> dict[str, T]:
    """What is made of every period.

    Raises
    ------
    TableError, SchemeError, MethodError
        All refusals at once, with their period; of the kind of the first.
    """
    found: dict[str, T] = {}
    refused: list[TableError | SchemeError | MethodError] = []
    problems: list[Problem] = []
    for period in periods:
        try:
            found[period] = make(period)
        except (TableError, SchemeError, MethodError) as error:
            refused.append(error)
            problems += [replace(one, path=": ".join(filter(None, (period, one.path)))) for one in error.problems]
    if refused:
        raise type(refused[0])(problems)
    return found
