"""Declarations: frozen, closed to unknown fields, validated again when one field is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

__all__ = [
    "Code",
    "Family",
    "Many",
    "Method",
    "Names",
    "Positive",
    "Share",
    "Spec",
    "Weight",
    "members",
]

T = TypeVar("T")

Code: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^\S(.*\S)?$")]
"""What a node, column or label is called by programs: text without blanks at its ends."""
Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
"""A number from 0 to 1."""
Weight: TypeAlias = Annotated[float, Field(ge=0)]
"""A number that is not negative; only the ratios among siblings count."""
Positive: TypeAlias = Annotated[float, Field(gt=0)]
"""A number above 0."""
if TYPE_CHECKING:
    Many: TypeAlias = Sequence[T]
else:
    Many = Annotated[tuple[T, ...], BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else v)]
"""Any number of T: a list or tuple to begin with, a tuple once validated, so that its owner stays hashable."""


def _language_pairs(value: Any) -> Any:
    if isinstance(value, str):
        return (("", value),)
    if isinstance(value, Mapping):
        return tuple(value.items())
    return value


def _once(value: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if len(dict(value)) < len(value):
        raise ValueError("a language is given twice; a name has one text a language")
    return value


def _language_mapping(value: tuple[tuple[str, str], ...]) -> str | dict[str, str]:
    return value[0][1] if len(value) == 1 and not value[0][0] else dict(value)


Names: TypeAlias = Annotated[
    tuple[tuple[str, str], ...],
    BeforeValidator(_language_pairs),
    AfterValidator(_once),
    PlainSerializer(_language_mapping),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object", "additionalProperties": {"type": "string"}}]}),
]
"""What people call it: one text, or one a language (``{vi: Thể chế, en: Institutions}``)."""


class Spec(BaseModel):  # noqa: PLW1641 - pydantic gives what is frozen a hash of its fields
    """A declaration: frozen, compared by value, hashable, refusing what it does not know.

    Examples
    --------
    >>> class Limit(Spec):
    ...     cells: int = 5
    >>> Limit().replace(cells=3)
    Limit(cells=3)
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    def __eq__(self, other: object) -> bool:
        """By kind and fields; what was worked out and kept, which may be arrays, is not compared."""
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields)

    def __getstate__(self) -> dict[Any, Any]:
        """The fields; what was worked out and kept stays behind, as it may be read-only."""
        state = super().__getstate__()
        return state | {"__dict__": {name: getattr(self, name) for name in type(self).model_fields}}

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        """Itself, as it does not change."""
        return self

    def replace(self, **changes: Any) -> Self:
        """Copy with some fields changed, and validate the copy (``model_copy`` would not)."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(fields | changes)


class Method(Spec):
    """How one step is done; its name is the default of its ``method`` field."""

    def declaration(self) -> str | dict[str, Any]:
        """Give the shortest form that a scheme file needs: the name, and what is not default."""
        name: str = self.model_dump(include={"method"})["method"]
        chosen = self.model_dump(mode="json", exclude_defaults=True, exclude={"method"})
        return {"method": name, **chosen} if chosen else name

    @classmethod
    def method_name(cls) -> str:
        """The name that scheme files use."""
        return str(cls.model_fields["method"].default)


class Family:
    """Marks a union of methods: a bare name stands for the method with its defaults.

    An instance of the family's abstract class passes as it is, so that a notebook can bring a method of its own.
    """

    def __init__(self, base: type[Method]) -> None:
        self.base = base

    def _read(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        if isinstance(value, self.base):
            return value
        if isinstance(value, Method):
            raise PydanticCustomError(
                "wrong_family", "{name} is not for this stage", {"name": type(value).__name__}
            )
        return handler({"method": value} if isinstance(value, str) else value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(
            self._read,
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda method: method.declaration()),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        union = handler(schema)
        names = sorted(handler.resolve_ref_schema(union).get("discriminator", {}).get("mapping", {}))
        return {"anyOf": [{"enum": names}, union]}


def members(union: Any) -> tuple[type[Method], ...]:
    """List the classes of a family, in the order of its union."""
    classes: Iterable[type[Method]] = get_args(get_args(union)[0])
    return tuple(classes)
