"""How Sphinx builds the documentation: ``sphinx-build -W -b html docs docs/_build``."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "src")]

import pii  # noqa: E402 - found once the path is set
from pii.spec import Spec  # noqa: E402

# Each public name is documented under `pii`, and knows where it lives.
HOMES = {f"{getattr(pii, name).__module__}.{name}": f"pii.{name}" for name in pii.__all__ if name != "__version__"}

project = "pii"
author = "the pii maintainers"
project_copyright = "2026, the pii maintainers"
version = release = pii.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build", "generated"]
source_suffix = {".md": "markdown"}
default_role = "literal"
nitpicky = True
suppress_warnings = ["config.cache"]

# What other projects document. Their inventories would have to be fetched while building, which must work offline.
nitpick_ignore_regex = [
    (
        r"py:.*",
        r"(numpy|np|pandas|pd|pydantic|pydantic_core|pathlib|os|collections|concurrent|types|fractions)\..*",
    ),
    (
        r"py:.*",
        r"pii\.(robustness|numerics|findings|compare|difference|io\.differences)\..*|pii\.provenance\.OriginChange",
    ),  # what results are made of, for the code itself
    (
        r"py:.*",
        r"(NDArray|ArrayLike|Path|Mapping|Sequence|Iterable|Iterator|MappingProxyType|NoneType|Figure|ABC|abc\.ABC)",
    ),
    (
        r"py:.*",
        r"(Positive|Band|Code|Concern|Covariate|Field|FieldInfo|Language|Many|Matrix|(tallies\.)?MetaWeights|Part|Rule|Severity|Share|TransformName|Vector|Weight|_Fraction)",
    ),  # aliases that say more to pydantic than to a reader
]

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autosummary_generate = False  # numpydoc brings autosummary in; nothing here uses it
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "pii"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["pii.css"]
html_sidebars = {"**": ["globaltoc.html"]}
html_theme_options = {
    "navbar_center": [],
    "show_prev_next": True,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
html_math_renderer = "mathml"


def setup(app: Any) -> None:
    """Connect what is ours: generated pages, formulas without JavaScript, one name for each public object."""
    app.connect("builder-inited", _generate)
    app.connect("autodoc-process-signature", _short_signature)
    app.connect("missing-reference", _public)
    app.add_html_math_renderer("mathml", (_inline_math, None), (_block_math, None))


def _generate(app: Any) -> None:  # noqa: ARG001 - Sphinx gives it
    import_module("generate").write_all(HERE / "generated")
    import_module("pictures").write_all(HERE / "generated" / "pictures")


def _short_signature(app: Any, what: str, name: str, thing: Any, *rest: Any) -> tuple[str, None] | None:  # noqa: ARG001
    """The fields of a declaration are in a table; a signature would say them again, with all that pydantic adds."""
    return ("(**fields)", None) if what == "class" and issubclass(thing, Spec) else None


def _public(app: Any, env: Any, node: Any, text: Any) -> Any:
    """Follow a reference to where an object lives to where it is documented."""
    target = node.get("reftarget", "")
    named = HOMES.get(target) or next((public for public in HOMES.values() if public == f"pii.{target}"), None)
    if named is None or node.get("refdomain") != "py":
        return None
    domain = env.get_domain("py")
    return domain.resolve_xref(env, node["refdoc"], app.builder, "obj", named, node, text)


def _inline_math(writer: Any, node: Any) -> None:
    writer.body.append(_mathml(node, as_block=False))
    raise import_module("docutils.nodes").SkipNode


def _block_math(writer: Any, node: Any) -> None:
    writer.body.append(f'<div class="math">{_mathml(node, as_block=True)}</div>')
    raise import_module("docutils.nodes").SkipNode


def _mathml(node: Any, *, as_block: bool) -> str:
    """A formula as MathML, which browsers draw themselves: no script, nothing to fetch."""
    # Imported by name because docutils has no types.
    latex = import_module("docutils.utils.math.latex2mathml")
    return str(latex.tex2mathml(node.astext(), as_block=as_block))
