from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from econ_client.errors import Ambiguous, Forbidden
from econ_client.lists import Named, PaymentTerms, ProductGroup
from tests.unit.econ_client.fake import Table, economic, refused


def sales(zone: int, account: int) -> dict[str, Any]:
    return {"vatZone": {"vatZoneNumber": zone}, "salesAccount": {"accountNumber": account, "self": "x"}}


def agreement(**changed: Any) -> Table:
    answers: dict[str, Any] = {
        "/product-groups": [
            {"productGroupNumber": 1, "name": "Varer", "inventoryEnabled": True},
            {"productGroupNumber": 2, "name": "Ydelser"},
        ],
        "/product-groups/1/sales-accounts": [sales(1, 1010), sales(2, 1020), sales(3, 1030), sales(4, 1040)],
        "/product-groups/2/sales-accounts": [sales(1, 1010), {"vatZone": {"vatZoneNumber": 2}}],
        "/accounts": [
            {"accountNumber": 1010, "vatAccount": {"vatCode": "U25"}},
            {"accountNumber": 1020},
            {"accountNumber": 1030, "vatAccount": {"vatCode": "U25"}, "barred": True},
            {"accountNumber": 1040, "vatAccount": {"vatCode": "GONE"}},
        ],
        "/vat-accounts": [{"vatCode": "U25", "ratePercentage": 25.000000}, {"vatCode": "REP", "ratePercentage": 6.25}],
        "/vat-zones": [{"vatZoneNumber": 1, "name": "Indland"}],
        "/customer-groups": [{"customerGroupNumber": 1, "name": "Webshop"}],
        "/payment-terms": [
            {"paymentTermsNumber": 2, "name": "Netto 8", "paymentTermsType": "net", "daysOfCredit": 8},
            {"paymentTermsNumber": 3, "name": "Kontant", "paymentTermsType": "paidInCash"},
        ],
        "/layouts": [{"layoutNumber": 1, "name": "Dansk"}, {"layoutNumber": 2, "name": "Old", "deleted": True}],
        "/units": [{"unitNumber": 1, "name": "stk."}],
        "/currencies": [{"code": "DKK", "name": "Krone"}, {"code": "EUR"}],
    }
    return Table({**answers, **changed})


def test_everything_a_profile_may_name() -> None:
    table = agreement()
    lists = economic(table).lists()
    assert lists.product_groups == (ProductGroup(1, "Varer", True), ProductGroup(2, "Ydelser", False))
    assert lists.vat_zones == (Named(1, "Indland"),)
    assert lists.customer_groups == (Named(1, "Webshop"),)
    assert lists.payment_terms == (PaymentTerms(2, "Netto 8", "net", 8), PaymentTerms(3, "Kontant", "paidInCash", 0))
    assert lists.layouts == (Named(1, "Dansk"),)
    assert lists.units == (Named(1, "stk."),)
    assert lists.currencies == ("DKK", "EUR")
    assert len(table.requests) == 9 + 2
    assert {request.url.params["pagesize"] for request in table.requests} == {"1000"}


def test_vat_follows_from_the_account() -> None:
    rates = economic(agreement()).lists().vat_rates
    assert rates == {(1, 1): Decimal(25), (1, 2): Decimal(0), (2, 1): Decimal(25)}
    assert all(isinstance(rate, Decimal) for rate in rates.values())


def test_an_agreement_without_groups_has_no_rates() -> None:
    table = agreement(**{"/product-groups": []})
    assert economic(table).lists().vat_rates == {}
    assert "/accounts" not in table.asked


def test_a_missing_role_is_said() -> None:
    with pytest.raises(Forbidden, match="role"):
        economic(agreement(**{"/accounts": refused(403)})).lists()


@pytest.mark.parametrize("rows", [[{"name": "x"}], [{"productGroupNumber": 1, "name": "x"}]])
def test_rows_that_are_not_understood_are_said(rows: list[Any]) -> None:
    changed = {"/product-groups": rows, "/accounts": [{"name": "no number"}]}
    with pytest.raises(Ambiguous, match="could not be understood"):
        economic(agreement(**changed)).lists()
