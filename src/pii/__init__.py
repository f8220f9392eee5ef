"""Composite indices of provinces: load, normalise, weight, aggregate, rank and explain."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pii.audit import Audit, audit
    from pii.borders import Harmonised, harmonise, harmonise_panel, harmonised_result
    from pii.choices.alternatives import (
        LeaveOut,
        MultipleImputation,
        VaryAggregation,
        VaryDenomination,
        VaryImputation,
        VaryNormalisation,
        VaryReference,
        VaryTreatment,
        VaryWeighing,
    )
    from pii.choices.data import DataError
    from pii.choices.design import Uncertainty, jrc
    from pii.choices.weights import WeightBox, WeightDirichlet, WeightExperts
    from pii.compare.comparison import Comparison, compare
    from pii.compare.merger import MergerEffect, merger_effect
    from pii.compute import compute
    from pii.difference import Difference, difference
    from pii.editions.compute import compute_panel
    from pii.editions.results import Editions
    from pii.errors import BuildError, MethodError, MissingExtra, PiiError, Problem, SchemeError, TableError
    from pii.evidence import Evidence, rests_on
    from pii.expectation import Expectation, efficiency, expectation
    from pii.findings import Finding
    from pii.improve.improvement import Improvement, Safety, improve
    from pii.improve.marginal import marginal_gains
    from pii.improve.projection import project
    from pii.improve.targets import Standing, Target
    from pii.io.builds import read_build, write_build
    from pii.io.crosswalks import read_crosswalk
    from pii.io.provenance import read_provenance
    from pii.io.samples import read_sample, samples
    from pii.io.schemes import built_in_scheme, built_in_schemes, read_scheme, scheme_schema, write_scheme
    from pii.io.tables import read_panel, read_table, write_table
    from pii.io.verifying import Verification, verify
    from pii.peers import Peers, peers
    from pii.places.crosswalk import Crosswalk, crosswalk
    from pii.places.registry import Province, provinces
    from pii.provenance import Origin, Provenance
    from pii.report.page import Beside, page
    from pii.report.page_bases import alternatives
    from pii.result import Explanation, Result
    from pii.robustness.bounds import Bounds, Change, Dominance, bounds, dominance, pair_robustness, smallest_change
    from pii.robustness.editions import study_panel
    from pii.robustness.favourable import Favourable, favourable
    from pii.robustness.one_at_a_time import Swaps, leave_out, swap
    from pii.robustness.panel_study import PanelStudy
    from pii.robustness.region import Ratio, Region
    from pii.robustness.sensitivity import Sensitivity, sensitivity
    from pii.robustness.study import Study, study
    from pii.scheme import Column, Scheme
    from pii.screen import Screen, Within
    from pii.table import Panel, Table, Units
    from pii.tree import Group, Indicator, Range

__version__ = "0.1.0"

# Where each public name lives: it is imported when first used, so that `import pii` costs nothing.
_HOMES = {
    "pii.audit": ("Audit", "audit"),
    "pii.borders": ("Harmonised", "harmonise", "harmonise_panel", "harmonised_result"),
    "pii.choices.alternatives": (
        "LeaveOut",
        "MultipleImputation",
        "VaryAggregation",
        "VaryDenomination",
        "VaryImputation",
        "VaryNormalisation",
        "VaryReference",
        "VaryTreatment",
        "VaryWeighing",
    ),
    "pii.choices.data": ("DataError",),
    "pii.choices.design": ("Uncertainty", "jrc"),
    "pii.choices.weights": ("WeightBox", "WeightDirichlet", "WeightExperts"),
    "pii.compare.comparison": ("Comparison", "compare"),
    "pii.compare.merger": ("MergerEffect", "merger_effect"),
    "pii.compute": ("compute",),
    "pii.difference": ("Difference", "difference"),
    "pii.editions.compute": ("compute_panel",),
    "pii.editions.results": ("Editions",),
    "pii.errors": ("BuildError", "MethodError", "MissingExtra", "PiiError", "Problem", "SchemeError", "TableError"),
    "pii.evidence": ("Evidence", "rests_on"),
    "pii.expectation": ("Expectation", "efficiency", "expectation"),
    "pii.findings": ("Finding",),
    "pii.improve.improvement": ("Improvement", "Safety", "improve"),
    "pii.improve.marginal": ("marginal_gains",),
    "pii.improve.projection": ("project",),
    "pii.improve.targets": ("Standing", "Target"),
    "pii.io.builds": ("read_build", "write_build"),
    "pii.io.crosswalks": ("read_crosswalk",),
    "pii.io.provenance": ("read_provenance",),
    "pii.io.samples": ("read_sample", "samples"),
    "pii.io.schemes": ("built_in_scheme", "built_in_schemes", "read_scheme", "scheme_schema", "write_scheme"),
    "pii.io.tables": ("read_panel", "read_table", "write_table"),
    "pii.io.verifying": ("Verification", "verify"),
    "pii.peers": ("Peers", "peers"),
    "pii.places.crosswalk": ("Crosswalk", "crosswalk"),
    "pii.places.registry": ("Province", "provinces"),
    "pii.provenance": ("Origin", "Provenance"),
    "pii.report.page": ("Beside", "page"),
    "pii.report.page_bases": ("alternatives",),
    "pii.result": ("Explanation", "Result"),
    "pii.robustness.bounds": (
        "Bounds",
        "Change",
        "Dominance",
        "bounds",
        "dominance",
        "pair_robustness",
        "smallest_change",
    ),
    "pii.robustness.editions": ("study_panel",),
    "pii.robustness.favourable": ("Favourable", "favourable"),
    "pii.robustness.one_at_a_time": ("Swaps", "leave_out", "swap"),
    "pii.robustness.panel_study": ("PanelStudy",),
    "pii.robustness.region": ("Ratio", "Region"),
    "pii.robustness.sensitivity": ("Sensitivity", "sensitivity"),
    "pii.robustness.study": ("Study", "study"),
    "pii.scheme": ("Column", "Scheme"),
    "pii.screen": ("Screen", "Within"),
    "pii.table": ("Panel", "Table", "Units"),
    "pii.tree": ("Group", "Indicator", "Range"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Audit",
    "Beside",
    "Bounds",
    "BuildError",
    "Change",
    "Column",
    "Comparison",
    "Crosswalk",
    "DataError",
    "Difference",
    "Dominance",
    "Editions",
    "Evidence",
    "Expectation",
    "Explanation",
    "Favourable",
    "Finding",
    "Group",
    "Harmonised",
    "Improvement",
    "Indicator",
    "LeaveOut",
    "MergerEffect",
    "MethodError",
    "MissingExtra",
    "MultipleImputation",
    "Origin",
    "Panel",
    "PanelStudy",
    "Peers",
    "PiiError",
    "Problem",
    "Provenance",
    "Province",
    "Range",
    "Ratio",
    "Region",
    "Result",
    "Safety",
    "Scheme",
    "SchemeError",
    "Screen",
    "Sensitivity",
    "Standing",
    "Study",
    "Swaps",
    "Table",
    "TableError",
    "Target",
    "Uncertainty",
    "Units",
    "VaryAggregation",
    "VaryDenomination",
    "VaryImputation",
    "VaryNormalisation",
    "VaryReference",
    "VaryTreatment",
    "VaryWeighing",
    "Verification",
    "WeightBox",
    "WeightDirichlet",
    "WeightExperts",
    "Within",
    "__version__",
    "alternatives",
    "audit",
    "bounds",
    "built_in_scheme",
    "built_in_schemes",
    "compare",
    "compute",
    "compute_panel",
    "crosswalk",
    "difference",
    "dominance",
    "efficiency",
    "expectation",
    "favourable",
    "harmonise",
    "harmonise_panel",
    "harmonised_result",
    "improve",
    "jrc",
    "leave_out",
    "marginal_gains",
    "merger_effect",
    "page",
    "pair_robustness",
    "peers",
    "project",
    "provinces",
    "read_build",
    "read_crosswalk",
    "read_panel",
    "read_provenance",
    "read_sample",
    "read_scheme",
    "read_table",
    "rests_on",
    "samples",
    "scheme_schema",
    "sensitivity",
    "smallest_change",
    "study",
    "study_panel",
    "swap",
    "verify",
    "write_build",
    "write_scheme",
    "write_table",
]


class _Package(ModuleType):
    """Keeps a function such as ``compute`` in view when the submodule of its name is imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'pii' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
