from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from econ_client.filterable import FILTERABLE
from econ_client.filters import Filter, field


def test_texts_are_escaped_the_way_e_conomic_reads_them() -> None:
    assert field("/customers", "name").eq("A$ (B), C* [d]").text == "name$eq:A$$ $(B$)$, C$* [d]"


def test_a_bracket_in_contains_is_no_character_class() -> None:
    assert field("/orders/drafts", "references.other").contains("a[1]").text == "references.other$like:a[[]1]"


def test_values_are_written_by_kind() -> None:
    noon = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    assert field("/products", "lastUpdated").gt(noon).text == "lastUpdated$gt:2026-12-01T12:00:00Z"
    assert field("/invoices/booked", "date").gte(noon.date()).text == "date$gte:2026-12-01"
    assert field("/products", "salesPrice").lt(Decimal("1E+2")).text == "salesPrice$lt:100"
    assert field("/products", "barred").eq(True).text == "barred$eq:true"
    assert field("/customers", "ean").missing().text == "ean$eq:$null:"
    assert field("/customers", "customerNumber").ne(7).text == "customerNumber$ne:7"
    assert field("/customers", "balance").lte(0).text == "balance$lte:0"


def test_filters_combine_within_a_collection() -> None:
    email, name = field("/customers", "email").contains("a@b.dk"), field("/customers", "name").eq("A")
    assert (email & name).text == "(email$like:a@b.dk)$and:(name$eq:A)"
    assert ((email | name) & name).text == "((email$like:a@b.dk)$or:(name$eq:A))$and:(name$eq:A)"
    with pytest.raises(ValueError, match="cannot be combined"):
        _ = email & field("/products", "name").eq("A")


def test_a_filter_does_not_show_what_it_looks_for() -> None:
    assert "jens" not in repr(field("/customers", "email").contains("jens@example.dk"))


@pytest.mark.parametrize(
    ("collection", "name"),
    [
        ("/products", "inventory.inStock"),
        ("/products", "departmentalDistribution.departmentalDistributionNumber"),
        ("/orders/drafts", "paymentTerms.paymentTermsNumber"),
        ("/orders/archived", "lastUpdated"),
        ("/invoices/booked", "lastUpdated"),
        ("/customers", "bogus"),
        ("/layouts", "name"),
    ],
)
def test_what_e_conomic_does_not_filter_on_is_refused(collection: str, name: str) -> None:
    with pytest.raises(ValueError, match="filterable"):
        field(collection, name)


def test_at_most_two_hundred_values() -> None:
    number = field("/customers", "customerNumber")
    assert number.among([3, 1]).text == "customerNumber$in:[3,1]"
    assert number.among(range(200)).text.count(",") == 199
    for values in (range(201), range(0)):
        with pytest.raises(ValueError, match="1 to 200"):
            number.among(values)


@pytest.mark.parametrize(
    "build",
    [
        lambda: field("/customers", "name").among([1]),
        lambda: field("/customers", "name").eq(""),
        lambda: field("/customers", "name").eq(1),
        lambda: field("/customers", "name").gt("A"),
        lambda: field("/customers", "customerNumber").eq(True),
        lambda: field("/customers", "customerNumber").contains("1"),
        lambda: field("/products", "barred").ne(True),
        lambda: field("/products", "barred").missing(),
        lambda: field("/products", "lastUpdated").gt(datetime.date(2026, 1, 1)),
        lambda: field("/products", "lastUpdated").gt(datetime.datetime(2026, 1, 1)),  # noqa: DTZ001
        lambda: field("/invoices/booked", "date").eq(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)),
    ],
)
def test_comparisons_that_fail_or_mislead_there_are_refused_here(build: Callable[[], Filter]) -> None:
    with pytest.raises(ValueError):
        build()


def test_every_kind_of_document_finds_its_reference() -> None:
    for kind in ("/orders/drafts", "/orders/sent", "/orders/archived", "/invoices/drafts", "/invoices/booked"):
        assert FILTERABLE[kind]["references.other"] == "text"


SCHEMAS = Path(__file__).resolve().parents[4] / "shared" / "economic" / "schemas"
NOT_PUBLISHED = {("/customers", "pNumber")}


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="e-conomic's schemas are not beside this checkout")
@pytest.mark.parametrize("collection", FILTERABLE)
def test_only_what_is_published_as_filterable_is_offered(collection: str) -> None:
    """The list is shorter than the published one where a real agreement refuses, and longer by what works there."""
    file = collection.strip("/").replace("/", ".")
    for of in ("customers", "journals"):
        file = file.replace(f"{of}.:n", f"{of}.{of.removesuffix('s')}Number")
    file = file.replace("accounting-years.:n", "accounting-years.accountingYear")
    published = json.loads((SCHEMAS / f"{file}.get.schema.json").read_text())
    rows = published["properties"]["collection"]["items"]["properties"]
    for name, kind in FILTERABLE[collection].items():
        if (collection, name) in NOT_PUBLISHED:
            continue
        about = {"properties": rows}
        for part in name.split("."):
            about = about["properties"][part]
        assert about.get("filterable"), name
        told = about.get("type", "string")
        assert {"integer": "number", "boolean": "flag"}.get(told, told) in (kind, "string"), name


def test_a_filter_fits_the_collection_of_any_customer() -> None:
    where = field("/customers/:n/contacts", "email").contains("a@b.dk")
    assert where.fits("/customers/7/contacts")
    assert not where.fits("/customers")
    assert (where & field("/customers/8/contacts", "name").eq("A")).fits("/customers/9/contacts")
