"""The public names: exactly these, each importable, and cheap until used."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pii

SOURCE = Path(__file__).resolve().parents[1] / "src"
NAMES = [
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
"""A change here is a change for everyone who uses the package."""


def test_the_public_names_are_these() -> None:
    """Nothing comes or goes by accident."""
    assert sorted(pii.__all__) == NAMES
    assert dir(pii) == sorted(pii.__all__)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_there(name: str) -> None:
    """It is the same object each time, and the one that its home module calls so and lists."""
    found = getattr(pii, name)
    assert getattr(pii, name) is found
    if name != "__version__":
        home = import_module(found.__module__)
        assert getattr(home, name) is found
        assert name in home.__all__
        assert found.__doc__


def test_a_star_brings_them_all() -> None:
    """As in a notebook."""
    brought: dict[str, object] = {}
    exec("from pii import *", brought)  # noqa: S102 - nothing else can import a star inside a function
    assert set(NAMES) <= brought.keys()


def test_type_checkers_see_the_same_names() -> None:
    """What is imported under TYPE_CHECKING is what is imported when used, from the same homes."""
    tree = ast.parse((SOURCE / "pii" / "__init__.py").read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {
        (node.module, alias.name)
        for node in ast.walk(guarded)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {(home, name) for name, home in pii._HOME_OF.items()}


def test_an_unknown_name_is_an_attribute_error() -> None:
    """So that hasattr and type checkers work."""
    with pytest.raises(AttributeError, match="module 'pii' has no attribute 'copmute'"):
        getattr(pii, "copmute")  # noqa: B009 - a type checker would refuse the attribute, as it should
    assert not hasattr(pii, "__wrapped__")


def loaded(code: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after some code."""
    script = f"{code}\nimport sys\nprint('loaded', *sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    *_, last = done.stdout.splitlines()
    first, *modules = last.split()
    assert first == "loaded"
    return {name.split(".")[0] for name in modules}


def test_importing_costs_nothing() -> None:
    """No package is loaded before it is used."""
    heavy = {"numpy", "pandas", "pydantic", "scipy", "pyarrow", "click", "yaml", "rich", "rapidfuzz", "matplotlib"}
    assert not loaded("import pii") & heavy


def test_a_module_does_not_hide_the_function_of_its_name() -> None:
    """Whichever is imported first, ``pii.compute`` is the function."""
    loaded("import pii.compute\nassert pii.compute.__module__ == 'pii.compute'")
    loaded("import pii\npii.compute\nfrom pii.compute import compute\nassert pii.compute is compute")


def test_help_costs_little() -> None:
    """It loads click, and nothing that computes."""
    code = "from pii.cli.line import run\nassert run(['--help']) == 0\nassert run(['build', '--help']) == 0"
    found = loaded(code)
    assert "click" in found
    assert not found & {"numpy", "pandas", "pydantic", "scipy", "pyarrow", "rich", "rapidfuzz", "xlsxwriter"}


def test_computing_needs_no_data_frames() -> None:
    """A table made of columns is computed without pandas or pyarrow."""
    code = (
        "import pii\n"
        "index = pii.Group(code='t', children=[pii.Indicator(code='a')])\n"
        "table = pii.Table.of({'a': [1.0, 2.0]}, units=['x', 'y'])\n"
        "assert pii.compute(pii.Scheme(code='s', index=index), table).best_first.tolist() == [1, 0]"
    )
    assert not loaded(code) & {"pandas", "pyarrow", "matplotlib"}
