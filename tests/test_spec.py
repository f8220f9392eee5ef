"""Declarations: frozen, strict, closed, validated again by replace; families and their members."""

import pickle
from abc import ABC
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, Literal, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from pii.arrays import Matrix
from pii.methods import aggregate, combine, denominate, expect, impute, normalise, rank, sample, treat, weigh
from pii.methods.normalise import AbstractNormaliser, Marks, MinMax
from pii.methods.weigh import Equal
from pii.scheme import Scheme
from pii.screen import Within
from pii.spec import Method, Spec, members
from pii.tree import Group, Indicator
from tests.shared import group, instances, leaf, scheme

FAMILIES: dict[type[Method], Any] = {
    combine.AbstractCombiner: combine.Combiner,
    denominate.AbstractDenominator: denominate.Denominator,
    impute.AbstractImputer: impute.Imputer,
    treat.AbstractTreater: treat.Treater,
    normalise.AbstractNormaliser: normalise.Normaliser,
    weigh.AbstractWeigher: weigh.Weigher,
    aggregate.AbstractAggregator: aggregate.Aggregator,
    rank.AbstractRanker: rank.Ranker,
    expect.AbstractCurve: expect.Curve,
    sample.AbstractSampler: sample.Sampler,
}
FIELD = {
    combine.AbstractCombiner: "combine",
    denominate.AbstractDenominator: "denominate",
    impute.AbstractImputer: "impute",
    treat.AbstractTreater: "treat",
    normalise.AbstractNormaliser: "normalise",
    weigh.AbstractWeigher: "weigh",
    aggregate.AbstractAggregator: "aggregate",
    rank.AbstractRanker: "rank",
}
families = pytest.mark.parametrize("base", FAMILIES, ids=lambda base: base.__name__)


def concrete(base: type[Method]) -> Iterator[type[Method]]:
    """Every class below one that is declared in the library and can be made."""
    for child in base.__subclasses__():
        if ABC not in child.__bases__ and child.__module__.startswith("pii."):
            yield child
        yield from concrete(child)


class Squared(AbstractNormaliser):
    """A method of a notebook's own."""

    method: Literal["squared"] = "squared"

    def __call__(self, x: Matrix, /, *, reference: Matrix, marks: Marks) -> Matrix:  # noqa: ARG002
        """Square."""
        return x * x


def test_every_family_of_methods_is_tested_here() -> None:
    """A family that is added joins the list above."""
    direct = {child for child in Method.__subclasses__() if child.__module__.startswith("pii.methods.")}
    assert direct == set(FAMILIES)


@families
def test_every_concrete_method_is_in_its_union(base: type[Method]) -> None:
    """So that files, the command line and these tests know it."""
    assert set(concrete(base)) == set(members(FAMILIES[base]))


@families
def test_every_concrete_method_is_final(base: type[Method]) -> None:
    """A class is abstract or final, never both."""
    for member in members(FAMILIES[base]):
        assert getattr(member, "__final__", False), member
        assert not getattr(member, "__abstractmethods__", None), member


@families
def test_labels_are_unique_in_a_family(base: type[Method]) -> None:
    """A bare name means one method; the label is the only value that the field takes."""
    labels = [member.method_name() for member in members(FAMILIES[base])]
    assert len(set(labels)) == len(labels)
    for member in members(FAMILIES[base]):
        assert get_args(member.model_fields["method"].annotation) == (member.method_name(),)


@families
def test_every_method_is_documented_with_its_parameters(base: type[Method]) -> None:
    """A doctest in the class, a sentence at every parameter."""
    for member in members(FAMILIES[base]):
        assert ">>> " in (member.__doc__ or ""), member
        for name, field in member.model_fields.items():
            assert name == "method" or field.description, f"{member.__name__}.{name}"


@pytest.mark.parametrize(
    ("base", "method"),
    [(base, param.values[0]) for base, union in FAMILIES.items() for param in instances(union)],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.declaration()),
)
def test_a_declaration_reads_back(base: type[Method], method: Method) -> None:
    """The shortest form of a method, as a file has it, gives the same method, in a scheme where it has a field."""
    if base not in FIELD:
        assert TypeAdapter(FAMILIES[base]).validate_python(method.declaration()) == method
        return
    fields: dict[str, Any] = {"normalise": {"method": "minmax", "floor": 1.0}, "labels": [{"code": "region"}]}
    fields["denominators"] = [{"code": code} for code in getattr(method, "reads", ())]
    fields[FIELD[base]] = method.declaration()
    read = scheme(group("g", leaf("a", goalposts=_posts(method), target=_target(method))), **fields)
    assert getattr(read, FIELD[base]) == method


def _posts(method: Method) -> dict[str, float] | None:
    return {"low": 1.0, "high": 2.0} if getattr(method, "needs", "") == "goalposts" else None


def _target(method: Method) -> float | None:
    return 1.0 if getattr(method, "needs", "") == "target" else None


def test_a_declaration_says_only_what_is_not_default() -> None:
    """A name where that is all, else the name first."""
    assert MinMax().declaration() == "minmax"
    assert MinMax(floor=1).declaration() == {"method": "minmax", "floor": 1.0}


def test_a_notebook_brings_its_own_method() -> None:
    """An instance of the family's abstract class passes as it is, in a scheme and in an indicator."""
    own: Any = Squared()
    assert scheme(group("g", leaf("a")), normalise=own).normalise is own
    assert leaf("a", normalise=own).normalise is own
    assert scheme(group("g", leaf("a")), normalise=own).replace(edition="2").normalise is own


def test_a_method_of_another_family_is_refused() -> None:
    """A weigher does not normalise."""
    with pytest.raises(ValidationError, match="Equal is not for this stage"):
        scheme(group("g", leaf("a")), normalise=Equal())


def test_an_unknown_method_is_refused_with_those_known() -> None:
    """Nothing is guessed."""
    with pytest.raises(ValidationError, match="'minimax' found using 'method' does not match"):
        scheme(group("g", leaf("a")), normalise="minimax")


def test_replace_validates_again() -> None:
    """A copy breaks no rule that the original could not."""
    method = MinMax()
    assert method.replace(floor=1.0) == MinMax(floor=1.0)
    assert method == MinMax()
    with pytest.raises(ValidationError, match="floor 200 is not below ceiling 100"):
        method.replace(floor=200.0)
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        method.replace(flor=1.0)


def test_a_declaration_is_frozen_and_hashable() -> None:
    """Equal by value, and so in sets."""
    method = MinMax(floor=1)
    with pytest.raises(ValidationError, match="Instance is frozen"):
        setattr(method, "floor", 2.0)  # noqa: B010 - the type checker knows better
    assert {method, MinMax(floor=1), MinMax()} == {method, MinMax()}


@pytest.mark.parametrize("value", ["5", True, None, float("inf"), float("nan"), [1.0]], ids=repr)
def test_only_finite_numbers_are_numbers(value: object) -> None:
    """Text that looks like one, truth values and the endless are refused."""
    with pytest.raises(ValidationError):
        MinMax.model_validate({"floor": value})


@pytest.mark.parametrize("value", [True, 1.0, "1", 0, 2, "-1"], ids=repr)
def test_a_direction_is_1_or_minus_1(value: object) -> None:
    """And nothing that merely equals it."""
    with pytest.raises(ValidationError):
        Indicator.model_validate({"code": "a", "direction": value})


def test_a_whole_number_is_a_number() -> None:
    """5 is 5.0."""
    assert MinMax(floor=5).floor == 5.0


@pytest.mark.parametrize("code", ["", " a", "a ", "\ta", "x" * 121, "a\n"])
def test_a_code_has_no_blanks_at_its_ends(code: str) -> None:
    """It may have some inside."""
    with pytest.raises(ValidationError):
        Indicator(code=code)
    assert Indicator(code="1.2.3 R&D").code == "1.2.3 R&D"


def test_many_takes_a_list_and_keeps_a_tuple() -> None:
    """A text is not a list of its letters."""
    assert Within.model_validate({"groups": ["a", "b"]}).groups == ("a", "b")
    with pytest.raises(ValidationError, match="valid tuple"):
        Within.model_validate({"groups": "ab"})


@pytest.mark.parametrize("name", ["Institutions", {"vi": "Thể chế", "en": "Institutions"}])
def test_names_come_in_one_language_or_several(name: str | dict[str, str]) -> None:
    """And go out as they came in."""
    indicator = Indicator.model_validate({"code": "P1", "name": name})
    assert indicator.model_dump(mode="json")["name"] == name
    assert indicator.title() == "Institutions"


def test_a_name_has_one_text_a_language() -> None:
    """Two would leave one unread."""
    with pytest.raises(ValidationError, match="a language is given twice"):
        Indicator.model_validate({"code": "a", "name": (("vi", "x"), ("vi", "y"))})


def test_schemes_are_compared_by_what_they_declare() -> None:
    """Not by what was worked out of one of them and kept."""
    one, other = (Scheme(code="i", index=Group(code="i", children=[Indicator(code="a")])) for _ in range(2))
    assert one.lineage.size == 1
    assert one == other
    assert hash(one) == hash(other)
    assert one != other.replace(decimals=3)
    assert one != "i"


def test_every_declaration_is_a_spec() -> None:
    """No model of the library escapes the rules of Spec."""
    loose = [model for model in BaseModel.__subclasses__() if model.__module__.startswith("pii.")]
    assert loose == [Spec]
    assert issubclass(Scheme, Spec)


def test_a_declaration_goes_to_other_processes_as_its_fields() -> None:
    """What it has worked out and kept stays behind; a copy is itself, as it does not change."""
    made = scheme(group("g", leaf("a"), leaf("b")))
    assert made.levels == {"g": 0, "a": 1, "b": 1}
    sent = pickle.loads(pickle.dumps(made))  # noqa: S301 - it was made here
    assert sent == made
    assert "levels" not in vars(sent)
    assert sent.levels == made.levels
    assert deepcopy(made) is made
