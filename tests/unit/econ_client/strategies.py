"""Documents of any kind, as hypothesis makes them: such that fit e-conomic's fields, and such that may not."""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import BaseModel

from econ_client.limits import Between, Length, Limit, Places, Shape

M = TypeVar("M", bound=BaseModel)
_DATES = st.dates(datetime.date(1980, 1, 1), datetime.date(2100, 1, 1))


def documents(model: type[M], *, fitting: bool) -> st.SearchStrategy[M]:
    """Any document of a model; `fitting`: within the limits of its fields."""
    return _documents(model, fitting)


@cache
def _documents(model: type[BaseModel], fitting: bool) -> st.SearchStrategy[Any]:
    hints = get_type_hints(model, include_extras=True)
    fields = {name: _values(hints[name], (), fitting) for name in model.model_fields}
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _values(kind: Any, limits: tuple[Limit, ...], fitting: bool) -> st.SearchStrategy[Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        found = tuple(mark for mark in kind.__metadata__ if isinstance(mark, Limit))
        return _values(kind.__origin__, (*limits, *found), fitting)
    if origin in (Union, UnionType):
        return st.one_of(*(_values(part, limits, fitting) for part in args))
    if origin is tuple:
        return st.lists(_values(args[0], (), fitting), max_size=3, unique_by=repr).map(tuple)
    if origin is Literal:
        return st.sampled_from(args)
    if kind is type(None):
        return st.none()
    if kind is bool:
        return st.booleans()
    if kind is datetime.date:
        return _DATES
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return documents(kind, fitting=fitting)
    if kind is Decimal:
        return _decimals(limits, fitting)
    return _numbers(limits, fitting) if kind is int else _texts(limits, fitting)


def _decimals(limits: tuple[Limit, ...], fitting: bool) -> st.SearchStrategy[Decimal]:
    allowed = next((limit.decimals for limit in limits if isinstance(limit, Places)), 2)
    return st.one_of(
        *(
            st.decimals(-1_000_000, 1_000_000, places=places, allow_nan=False, allow_infinity=False)
            for places in ((0, allowed) if fitting else (0, allowed, allowed + 2))
        )
    )


def _numbers(limits: tuple[Limit, ...], fitting: bool) -> st.SearchStrategy[int]:
    between = next((limit for limit in limits if isinstance(limit, Between)), Between())
    inside = st.integers(between.least, between.most)
    return inside if fitting else st.one_of(inside, st.integers(-5, 2**40))


def _texts(limits: tuple[Limit, ...], fitting: bool) -> st.SearchStrategy[str]:
    length = next((limit for limit in limits if isinstance(limit, Length)), Length(60))
    shape = next((limit for limit in limits if isinstance(limit, Shape)), None)
    if shape is not None:
        inside = st.from_regex(shape.pattern, fullmatch=True)
    else:
        inside = st.text(min_size=length.least, max_size=min(length.most, 60))
        inside |= st.sampled_from(("x", "ø")).map(lambda letter: letter * length.most)
    return inside if fitting else inside | st.integers(0, length.most + 2).map(lambda size: "æ" * size)
