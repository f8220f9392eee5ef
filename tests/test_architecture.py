"""The house rules, read from the source: layers, circles, outside packages, mirrors, sizes, cost of an import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Literal

import pytest

from tests.shared import ROOT, SOURCE

# A module imports from lower layers, or from a neighbour in its own sub-package, whose layer it has.
LAYERS = {
    "errors": 0,
    "spelling": 0,
    "arrays": 0,
    "markup": 0,
    "spec": 0,
    "rounding": 0,
    "levels": 0.2,
    "thresholds": 0,
    "numerics": 0.5,
    "methods": 1,
    "tree": 2,
    "screen": 2,
    "provenance": 2,
    "choices": 2.5,
    "outline": 2.5,
    "columns": 2.5,
    "scheme": 3,
    "places": 3,
    "table": 3,
    "scores": 4,
    "naming": 4,
    "roll_up": 4.5,
    "align": 5,
    "panels": 5,
    "forms": 5,
    "stages": 5,
    "contributions": 5,
    "result": 6,
    "compute": 7,
    "findings": 7.5,
    "chapters": 7.5,
    "borders": 7.5,
    "editions": 7.5,
    "audit": 8,
    "compare": 8,
    "difference": 8,
    "expectation": 8,
    "peers": 8,
    "robustness": 8,
    "evidence": 8.2,
    "improve": 8.5,
    "report": 9,
    "figures": 8.6,
    "plot": 8.8,
    "io": 10,
    "cli": 11,
    "__main__": 12,
    "__init__": 13,
}
STRANGERS = {"methods"}
"""Sub-packages whose modules do not import one another."""

When = Literal["loaded", "called", "typed"]
"""An import at module level, inside a function, or for the type checker only."""

FRAMES = (
    "table",
    "scores",
    "result",
    "findings",
    "chapters",
    "borders",
    "editions",
    "audit",
    "compare",
    "difference",
    "expectation",
    "evidence",
    "peers",
    "robustness",
    "improve",
    "report",
    "io",
    "plot",
)
# Where an outside package may be imported, and when. What is not named here may be imported anywhere.
OUTSIDE: Mapping[str, Mapping[When, tuple[str, ...]]] = {
    "pandas": {"loaded": (), "called": FRAMES, "typed": FRAMES},
    "scipy": {
        "loaded": (),
        "called": ("methods", "choices", "numerics", "audit", "robustness", "improve"),
        "typed": ("methods", "numerics", "robustness", "improve"),
    },
    "pyarrow": {"loaded": (), "called": ("io",), "typed": ("io",)},
    "matplotlib": {"loaded": (), "called": ("figures",), "typed": ("figures",)},
    "rapidfuzz": {"loaded": (), "called": ("spelling",), "typed": ()},
    "xlsxwriter": {"loaded": (), "called": ("io", "report"), "typed": ("io", "report")},
    "python_calamine": {"loaded": (), "called": ("io",), "typed": ("io",)},
    "click": {"loaded": ("cli",), "called": ("cli",), "typed": ("cli",)},
    "rich": {"loaded": (), "called": ("cli",), "typed": ("cli",)},
    "yaml": {"loaded": ("io",), "called": ("io",), "typed": ("io",)},
}
MOST_LINES = 400
FAMILY_LINES = 1000

Sources = Mapping[str, str]
"""Source text by dotted name below the package; ``__init__`` files under their folder's name and ``__init__``."""


@dataclass(frozen=True)
class Import:
    """One import: which module, where, and when it happens."""

    module: str
    line: int
    when: When


def imports(source: str, known: Sources) -> Iterator[Import]:
    """Every import of a module, one for each name that is itself a module."""
    yield from _imports(ast.parse(source), "loaded", known)


def _imports(node: ast.AST, when: When, known: Sources) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, when) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            origin = "." * child.level + (child.module or "")
            for alias in child.names:
                deeper = f"{origin}.{alias.name}"
                yield Import(deeper if deeper.removeprefix("pii.") in known else origin, child.lineno, when)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from _imports(ast.Module(child.body, []), "typed", known)
            yield from _imports(ast.Module(child.orelse, []), when, known)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, "called" if inside and when == "loaded" else when, known)


def layer(module: str) -> float:
    """The layer of a module, by its own name or its sub-package's."""
    return LAYERS[module if module in LAYERS else module.split(".", maxsplit=1)[0]]


def breaks_of_layers(sources: Sources) -> list[str]:
    """Imports that point up, sideways or at the package itself."""
    found = []
    for module, source in sources.items():
        for one in imports(source, sources):
            where = f"{module}:{one.line} imports {one.module}"
            if one.module == "pii" or one.module.startswith("."):
                found.append(f"{where}: nothing imports pii itself, or by dots")
            elif one.module.startswith("pii."):
                other = one.module.removeprefix("pii.")
                package = module.split(".")[0]
                neighbour = "." in module and "." in other and package == other.split(".")[0]
                if other not in sources:
                    found.append(f"{where}: there is no such module")
                elif neighbour and package in STRANGERS:
                    found.append(f"{where}: {package} import no neighbour")
                elif not neighbour and layer(other) >= layer(module):
                    found.append(f"{where}: layer {layer(module)} imports from lower layers, not {layer(other)}")
    return found


def cycle(sources: Sources) -> list[str]:
    """The modules of one circle of imports, if there is any."""
    graph = {
        module: {one.module.removeprefix("pii.") for one in imports(source, sources) if one.when != "typed"}
        & set(sources)
        for module, source in sources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def misplaced(sources: Sources) -> list[str]:
    """Imports of outside packages in a module, or at a time, that is not theirs."""
    found = []
    for module, source in sources.items():
        for one in imports(source, sources):
            allowed = OUTSIDE.get(one.module.split(".")[0])
            if allowed is not None and not {module, module.split(".")[0]} & set(allowed[one.when]):
                found.append(f"{module}:{one.line} imports {one.module} ({one.when})")
    return found


def without_all(sources: Sources) -> list[str]:
    """Modules with code that do not say which of their names are public."""
    return [
        module
        for module, source in sources.items()
        if source.strip()
        and not any(
            isinstance(node, ast.Assign) and any(ast.unparse(target) == "__all__" for target in node.targets)
            for node in ast.parse(source).body
        )
    ]


def not_empty(sources: Sources) -> list[str]:
    """Sub-packages whose ``__init__`` holds code."""
    return [module for module, source in sources.items() if module.endswith(".__init__") and source.strip()]


def too_long(sources: Sources) -> list[str]:
    """Modules that want to become a package; a family of methods is one file, whatever its number."""
    return [
        module
        for module, source in sources.items()
        if len(source.splitlines()) > (FAMILY_LINES if module.startswith("methods.") else MOST_LINES)
    ]


def mirrors(module: str) -> list[str]:
    """The test files, any of which mirrors a module."""
    if module in ("__init__", "__main__"):
        return [{"__init__": "test_public_api.py", "__main__": "test_main.py"}[module]]
    *package, name = module.split(".")
    return ["/".join([*package, f"test_{name}.py"]), f"test_{name}.py"]


def named(path: Path) -> str:
    """The dotted name of a module below the package."""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts)


SOURCES = {named(path): path.read_text(encoding="utf-8") for path in sorted(SOURCE.rglob("*.py"))}


# The rules hold


def test_every_module_has_a_layer() -> None:
    """A new one is given its place before it is used."""
    assert [module for module in SOURCES if module not in LAYERS and module.split(".")[0] not in LAYERS] == []


def test_imports_point_down_or_to_a_neighbour() -> None:
    """Methods import no neighbour; nothing imports the package itself."""
    assert breaks_of_layers(SOURCES) == []


def test_imports_go_in_no_circle() -> None:
    """Neighbours neither."""
    assert cycle({module: source for module, source in SOURCES.items() if module != "__init__"}) == []


def test_outside_packages_stay_in_their_layers() -> None:
    """What is heavy loads when first used."""
    assert misplaced(SOURCES) == []


def test_sub_packages_hide_no_code() -> None:
    """Their ``__init__`` is empty."""
    assert not_empty(SOURCES) == []


def test_every_module_says_what_is_public() -> None:
    """In ``__all__``."""
    assert without_all(SOURCES) == []


@pytest.mark.parametrize("module", list(SOURCES))
def test_no_module_is_too_long(module: str) -> None:
    """It would want to become a package of the same name."""
    assert too_long({module: SOURCES[module]}) == []


@pytest.mark.parametrize("module", [name for name, source in SOURCES.items() if source.strip()])
def test_tests_mirror_the_source(module: str) -> None:
    """Every module with code has its file of tests."""
    assert [name for name in mirrors(module) if (ROOT / "tests" / name).is_file()], f"none of {mirrors(module)}"


# The rules can fail


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"scheme": "from pii.table import Table", "table": ""}, "scheme:1 imports pii.table: layer 3 imports"),
        ({"scheme": "def f():\n    import pii.table", "table": ""}, "scheme:2 imports pii.table: layer 3"),
        ({"scores": "from pii.table import Table", "table": ""}, ""),
        ({"compute": "from pii import io", "io": ""}, "compute:1 imports pii.io: layer 7"),
        ({"compute": "from pii import Table"}, "compute:1 imports pii: nothing imports pii itself"),
        ({"compute": "import pii"}, "compute:1 imports pii: nothing imports pii itself"),
        ({"io.a": "from . import b", "io.b": ""}, "io.a:1 imports .: nothing imports pii itself, or by dots"),
        ({"io.a": "from pii.io import b", "io.b": ""}, ""),
        ({"io.a": "from pii.io.b import x", "io.b": ""}, ""),
        ({"report.a": "from pii.io.b import x", "io.b": ""}, "report.a:1 imports pii.io.b: layer 9"),
        ({"methods.treat": "from pii.methods.rank import R", "methods.rank": ""}, "methods import no neighbour"),
        ({"stages": "from pii.result import R", "result": ""}, "layer 5 imports from lower layers, not 6"),
        ({"stages": "from pii.gone import R"}, "there is no such module"),
    ],
)
def test_the_rule_of_layers_can_fail(sources: Sources, said: str) -> None:
    """Upwards, sideways, the package itself; and lets the rest through."""
    found = breaks_of_layers(sources)
    assert len(found) == bool(said)
    assert said in "".join(found)


def test_the_rule_of_circles_can_fail() -> None:
    """Imports for the type checker make none."""
    a, b = "from pii.io.b import x", "from pii.io.a import y"
    assert set(cycle({"io.a": a, "io.b": b})) == {"io.a", "io.b"}
    assert cycle({"io.a": a, "io.b": f"if TYPE_CHECKING:\n    {b}"}) == []
    assert cycle({"io.a": a, "io.b": ""}) == []


@pytest.mark.parametrize(
    ("module", "source", "said"),
    [
        ("table", "import pandas as pd", ["table:1 imports pandas (loaded)"]),
        ("table", "if TYPE_CHECKING:\n    import pandas as pd", []),
        ("table", "def f():\n    import pandas as pd", []),
        ("stages", "def f():\n    import pandas as pd", ["stages:2 imports pandas (called)"]),
        ("methods.a", "from scipy.stats import rankdata", ["methods.a:1 imports scipy.stats (loaded)"]),
        ("methods.a", "class A:\n    def f(self):\n        from scipy import stats", []),
        ("report.a", "def f():\n    import pyarrow.parquet", ["report.a:2 imports pyarrow.parquet (called)"]),
        ("io.a", "def f():\n    import pyarrow.parquet", []),
        ("report.a", "def f():\n    from matplotlib import x", ["report.a:2 imports matplotlib (called)"]),
        ("result", "import numpy as np", []),
    ],
)
def test_the_rule_of_outside_packages_can_fail(module: str, source: str, said: list[str]) -> None:
    """By package, module and time."""
    assert misplaced({module: source}) == said


def test_the_other_rules_can_fail() -> None:
    """Each on a small source of its own."""
    assert not_empty({"io.__init__": "x = 1", "methods.__init__": ""}) == ["io.__init__"]
    assert without_all({"a": "x = 1", "b": "__all__ = []", "io.__init__": ""}) == ["a"]
    assert too_long({"a": "\n" * 401, "b": "\n" * 400}) == ["a"]
    assert mirrors("io.tables") == ["io/test_tables.py", "test_tables.py"]
    assert mirrors("__main__") == ["test_main.py"]


# The cost of an import


def loaded_by(statement: str) -> set[str]:
    """Top-level packages that a new interpreter has loaded after a statement."""
    script = f"import sys; sys.path.insert(0, {str(SOURCE.parent)!r}); {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return {module.split(".")[0] for module in done.stdout.split()}


def test_importing_the_package_loads_nothing_heavy() -> None:
    """Public names load what they need when first used."""
    assert not loaded_by("import pii") & {"numpy", "pandas", "pydantic", "scipy", "pyarrow", "yaml", "click"}


def test_computing_loads_no_data_frames() -> None:
    """Arrays and declarations are enough."""
    loaded = loaded_by("import pii.compute")
    assert {"numpy", "pydantic"} <= loaded
    assert not loaded & {"pandas", "scipy", "pyarrow", "matplotlib", "rapidfuzz"}
