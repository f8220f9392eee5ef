"""Weigh: how much each of a group's children counts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, final

import numpy as np
from pydantic import Field

from pii.arrays import Matrix, Vector, shares
from pii.spec import Family, Method

__all__ = ["AbstractWeigher", "Equal", "EqualOverIndicators", "Given", "Weigher"]


class AbstractWeigher(Method, ABC):
    """Gives the children of a group their shares of it."""

    @abstractmethod
    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        """Weigh.

        Parameters
        ----------
        given
            The weights that the scheme gives the children, not negative.
        sizes
            How many indicators each child stands for; 1 for an indicator.
        scores
            Computes the children's scores, (children, units), for methods that weigh by the data.
        codes
            What the children are called, for methods that are told about each of them.

        Returns
        -------
        Vector
            Shares of the group: not negative, summing to 1.
        """


@final
class Given(AbstractWeigher):
    r"""The scheme's weights as shares: :math:`w_i / \sum w`.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Given()(np.array([1.0, 3.0]), sizes=np.ones(2), scores=lambda: np.empty((2, 0)))
    array([0.25, 0.75])
    """

    method: Literal["given"] = "given"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(given)


@final
class Equal(AbstractWeigher):
    r"""The same share for every child, whatever weights the scheme gives: :math:`1 / k`.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> Equal()(np.array([1.0, 3.0]), sizes=np.ones(2), scores=lambda: np.empty((2, 0)))
    array([0.5, 0.5])
    """

    method: Literal["equal"] = "equal"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(np.ones_like(given))


@final
class EqualOverIndicators(AbstractWeigher):
    """Shares in proportion to how many indicators a child stands for, so that every indicator counts alike.

    References
    ----------
    OECD and JRC (2008), *Handbook on Constructing Composite Indicators*, step 6. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> EqualOverIndicators()(np.ones(2), sizes=np.array([3.0, 1.0]), scores=lambda: np.empty((2, 0)))
    array([0.75, 0.25])
    """

    method: Literal["equal_over_indicators"] = "equal_over_indicators"

    def __call__(
        self, given: Vector, /, *, sizes: Vector, scores: Callable[[], Matrix], codes: Sequence[str] = ()
    ) -> Vector:
        return shares(sizes)


Weigher = Annotated[Given | Equal | EqualOverIndicators, Field(discriminator="method"), Family(AbstractWeigher)]
