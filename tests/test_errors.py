"""Problems say where, what, the rule and what to do; errors carry all of them."""

import pickle

import pytest

from pii.errors import (
    BuildError,
    MethodError,
    MissingExtra,
    PiiError,
    Problem,
    SchemeError,
    TableError,
    Undefined,
)

FULL = Problem(
    found="the value is x",
    rule="values are numbers",
    remedy="correct it",
    file="a.csv",
    line=3,
    column=7,
    path="index.children[0]",
    indicator="P1",
    unit="Huế",
)


def test_a_problem_reads_from_file_to_cell() -> None:
    """As an editor's problem list reads it."""
    assert FULL.where == "a.csv:3:7: index.children[0]: P1: Huế"
    assert str(FULL) == f"{FULL.where}: the value is x; values are numbers; correct it"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem(found="no rows"), "no rows"),
        (Problem(found="no rows", file="a.csv"), "a.csv: no rows"),
        (Problem(found="no rows", file="a.csv", line=2), "a.csv:2: no rows"),
        (Problem(found="no rows", remedy="add some", unit="x"), "x: no rows; add some"),
    ],
)
def test_what_is_not_known_is_left_out(problem: Problem, said: str) -> None:
    """No empty separators."""
    assert str(problem) == said


def test_a_problem_as_a_mapping_holds_only_what_is_set() -> None:
    """For machines."""
    assert Problem(found="no rows", line=2).to_dict() == {"found": "no rows", "line": 2}
    assert set(FULL.to_dict()) == {
        *("found", "rule", "remedy", "file", "line", "column", "path", "indicator", "unit")
    }


def test_one_problem_is_one_line_and_several_are_counted() -> None:
    """An error says all that is wrong."""
    assert str(PiiError(FULL)) == str(FULL)
    assert str(PiiError("simply wrong")) == "simply wrong"
    error = PiiError([Problem(found="one"), Problem(found="two")])
    assert str(error) == "2 problems\n  one\n  two"
    assert [problem.found for problem in error.problems] == ["one", "two"]


def test_problems_may_come_from_a_generator() -> None:
    """They are kept, not used up."""
    error = TableError(Problem(found=str(n)) for n in range(3))
    assert len(error.problems) == 3
    assert str(error).startswith("3 problems")


@pytest.mark.parametrize(
    ("kind", "also"),
    [
        (SchemeError, ValueError),
        (TableError, ValueError),
        (MethodError, ValueError),
        (MissingExtra, ImportError),
        (BuildError, Exception),
    ],
)
def test_every_kind_is_a_pii_error_and_what_python_calls_it(kind: type[PiiError], also: type[Exception]) -> None:
    """So that one clause catches all of ours, and Python's own clause catches them too."""
    error = kind(FULL)
    assert isinstance(error, PiiError)
    assert isinstance(error, also)
    assert error.problems == (FULL,)


@pytest.mark.parametrize("kind", [PiiError, SchemeError, TableError, MethodError, MissingExtra, BuildError])
def test_errors_travel_between_processes(kind: type[PiiError]) -> None:
    """Pickled and back, problems and text are the same."""
    error = kind([FULL, Problem(found="two")])
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(back) is kind
    assert back.problems == error.problems
    assert str(back) == str(error)


def test_a_refusal_by_position_says_its_first_finding() -> None:
    """The stage that catches it says all of them by name."""
    refusal = Undefined(["a", "b"], rule="r", remedy="m", rows=[0, 2], columns=iter([1, 1]))
    assert str(refusal) == "a; r; m"
    assert (refusal.found, refusal.rows, refusal.columns) == (("a", "b"), (0, 2), (1, 1))
