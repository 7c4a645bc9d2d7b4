"""Where in Magento the fields of a product go that e-conomic owns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from cdc.columns import guarded
from mapping.checking import nearest
from mapping.settings.keys import Keys

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")
_KEYS = frozenset({"attribute", "store"})
_NEVER = frozenset(
    {
        "sku",
        "entity_id",
        "row_id",
        "entity_type_id",
        "type_id",
        "attribute_set_id",
        "has_options",
        "required_options",
        "created_at",
        "updated_at",
        "created_in",
        "updated_in",
        "category_ids",
        "media_gallery",
        "tier_price",
        "url_key",
        "url_path",
        "price_type",
        "sku_type",
        "weight_type",
        "quantity_and_stock_status",
    }
)
"""What a product is, rather than what it says, and what Magento keeps in step with other tables in its own code."""


@dataclass(frozen=True, slots=True)
class Target:
    """A product attribute by its code. `stores` are codes of store views, none for the default scope (``admin``)."""

    attribute: str
    stores: tuple[str, ...] = ()


def _target(raw: Any) -> Target | None:
    if raw is None or isinstance(raw, Target):
        return raw
    form = {"attribute": raw} if isinstance(raw, str) else raw
    if not isinstance(form, dict):
        raise _mistake("must be the code of a product attribute, or {form}")
    if odd := next((key for key in form if key not in _KEYS), None):
        raise _mistake("has `{odd}`{near}; it takes {form}", odd=str(odd), near=nearest(str(odd), _KEYS))
    code, stores = form.get("attribute"), form.get("store", ())
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        raise _mistake("must name a product attribute by its code, letters, digits and `_`: {form}")
    if not isinstance(stores, tuple) or not all(isinstance(store, str) and store for store in stores):
        raise _mistake("must have a list of store views' codes behind `store:`: {form}")
    if twice := next((store for store in stores if stores.count(store) > 1), None):
        raise _mistake("names the store view `{store}` twice", store=twice)
    if code.lower() in _NEVER:
        raise _mistake(
            "goes to `{code}`, which says what a product is or belongs to others of Magento's tables; name another "
            "attribute",
            code=code,
        )
    if guarded(code):
        raise _mistake(
            "goes to `{code}`: by its name that guards something, so it is neither read nor written", code=code
        )
    return Target(code, stores)


def _mistake(message: str, **words: str) -> PydanticCustomError:
    words["form"] = "`{attribute: short_description, store: [default, en]}`"
    return PydanticCustomError("target", message, words)


_CODE_SCHEMA = {"type": "string", "pattern": f"^{_CODE.pattern}$"}
_SCHEMA = {
    "anyOf": [
        {**_CODE_SCHEMA, "description": "The code of a product attribute, for its default value."},
        {
            "type": "object",
            "properties": {
                "attribute": _CODE_SCHEMA,
                "store": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1},
                    "uniqueItems": True,
                    "description": "Codes of the store views whose values are written; admin is the default value.",
                },
            },
            "required": ["attribute"],
            "additionalProperties": False,
        },
        {"type": "null"},
    ]
}

TargetSpec = Annotated[Target | None, PlainValidator(_target), WithJsonSchema(_SCHEMA)]


class BackKeys(Keys):
    """The product attribute of Magento's that takes each field which `owners` gives to e-conomic.

    `in_stock` and `available` are e-conomic's quantities as they are, for information: they take part in no sale.
    """

    name: TargetSpec = Target("name")
    description: TargetSpec = Target("description")
    bar_code: TargetSpec = None
    sales_price: TargetSpec = Target("price")
    cost_price: TargetSpec = Target("cost")
    recommended_price: TargetSpec = Target("msrp")
    barred: TargetSpec = Target("status")
    in_stock: TargetSpec = None
    available: TargetSpec = None
