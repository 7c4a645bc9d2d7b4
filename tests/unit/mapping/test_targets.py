"""Where e-conomic's fields go in Magento: what a profile may say, and each mistake where it stands."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from mapping.profile import ProfileError
from mapping.schema import profile_schema
from mapping.settings.back import Target
from tests.unit.mapping.builders import Shop

OWNED = """owners: {name: economic, description: economic, sales_price: economic, bar_code: economic}
pull:
  fields:
    bar_code: ean
    description: {attribute: short_description, store: [default, en]}
    in_stock: erp_stock
"""


def test_what_e_conomic_owns_has_a_place_with_its_line(shop: Shop) -> None:
    found = {one.field: (one.target, one.line) for one in shop(OWNED).targets()}
    assert found == {
        "name": (Target("name"), 2),
        "description": (Target("short_description", ("default", "en")), 6),
        "bar_code": (Target("ean"), 5),
        "sales_price": (Target("price"), 2),
        "in_stock": (Target("erp_stock"), 7),
    }


def test_without_owners_nothing_goes_back(shop: Shop) -> None:
    assert shop("").targets() == ()
    assert shop("owners: {in_stock: magento}\npull: {fields: {in_stock: erp_stock, bar_code: ean}}").targets() == ()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            "owners: {bar_code: economic}",
            "2: `owners.bar_code` is economic, but `pull.fields.bar_code` names no product attribute of Magento's that "
            "takes it; say `pull: {fields: {bar_code: <attribute's code>}}`",
        ),
        ("owners: {in_stock: economic}", "2: `owners.in_stock` is economic, but `pull.fields.in_stock` names no "),
        (
            "owners: {name: economic}\npull:\n  fields: {name: null}",
            "2: `owners.name` is economic, but `pull.fields.name` names no product attribute",
        ),
        (
            "owners: {name: economic, bar_code: economic}\npull:\n  fields:\n    bar_code: Name",
            "5: `pull.fields.bar_code` goes to the attribute `Name`, and so does `pull.fields.name` (",
        ),
        (
            "owners: {bar_code: economic}\npull: {fields: {bar_code: ean}}\nproducts:\n  number: "
            "{expr: product.attributes.ean|default(product.sku)}",
            "5: `products.number` makes product numbers of the attribute `ean`, into which `pull.fields.bar_code` (",
        ),
        ("pull:\n  fields: {bar_code: sku}", "3: `pull.fields.bar_code` goes to `sku`, which says what a product is"),
        ("pull:\n  fields: {in_stock: quantity_and_stock_status}", "3: `pull.fields.in_stock` goes to `quantity_and_"),
        ("pull:\n  fields: {name: TYPE_ID}", "3: `pull.fields.name` goes to `TYPE_ID`, which says"),
        ("pull:\n  fields: {name: api_token}", "3: `pull.fields.name` goes to `api_token`: by its name that guards"),
        ("pull:\n  fields: {name: [a]}", "3: `pull.fields.name` must be the code of a product attribute, or `{attri"),
        ("pull:\n  fields: {name: {code: a}}", "3: `pull.fields.name` has `code`; it takes `{attribute: "),
        ("pull:\n  fields: {name: {store: [en]}}", "3: `pull.fields.name` must name a product attribute by its code"),
        ("pull:\n  fields: {name: {attribute: a, store: en}}", "3: `pull.fields.name` must have a list of store views"),
        ("pull:\n  fields: {name: {attribute: a, store: [en, en]}}", "3: `pull.fields.name` names the store view `en`"),
        ("pull:\n  fields: {name: 'a b'}", "3: `pull.fields.name` must name a product attribute by its code"),
        ("pull:\n  fields: {names: a}", "3: unknown key `pull.fields.names`; did you mean `name`?"),
    ],
)
def test_a_mistake_is_told_where_it_stands(tmp_path: Path, shop: Shop, lines: str, message: str) -> None:
    with pytest.raises(ProfileError) as refused:
        shop(lines)
    (problem,) = refused.value.problems
    assert str(problem).removeprefix(f"{tmp_path / 'shop.yaml'}:").startswith(message)


def test_the_schema_takes_both_forms_and_nothing_else() -> None:
    validator = jsonschema.Draft202012Validator(profile_schema())

    def mistakes(target: object) -> int:
        return len(list(validator.iter_errors({"pull": {"fields": {"name": target}}})))

    assert [mistakes(good) for good in ("ean", {"attribute": "ean"}, {"attribute": "ean", "store": ["en"]}, None)] == [
        0, 0, 0, 0,
    ]  # fmt: skip
    assert all(mistakes(bad) for bad in ("a b", {"store": ["en"]}, {"attribute": "ean", "store": "en"}, 7, ["a"]))
