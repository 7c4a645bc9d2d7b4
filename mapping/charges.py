"""What stands in Magento's grand total beside goods, shipping, VAT and discounts: the rows of `totals`.

Magento keeps the VAT of a fee in the document's tax_amount or beside it, as the module that adds the fee likes. The
identity of the totals tells which: grand_total = subtotal + shipping + tax + discounts + compensations + charges.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import product

from cdc.models import Scalar, Totals
from mapping.money import ZERO, cents, total
from mapping.problems import CannotMap
from mapping.settings.totals import TotalRow

_MOST = 8
"""Rows with an amount on one document; beyond, the combinations are not tried."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a row of `totals` comes to on a document: its place in the profile, net and VAT, negative for a credit.

    Two decimals, in the document's currency. `vat` is None when the row names no column for it.
    """

    row: int
    net: Decimal
    vat: Decimal | None


@dataclass(frozen=True, slots=True)
class Explained:
    """The charges of a document, and how much of their VAT Magento keeps outside its tax_amount."""

    charges: tuple[Charge, ...] = ()
    vat_beside: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class _Way:
    """One way in which a column may stand in the grand total."""

    charge: Charge | None
    part: Decimal
    beside: Decimal


def explained(
    totals: Totals,
    attributes: Mapping[str, Scalar],
    rows: Sequence[TotalRow],
    *,
    weee: Decimal = ZERO,
    of_order: Mapping[str, Scalar] | None = None,
) -> Explained:
    """The charges that explain what Magento's own columns leave of a grand total.

    `attributes` are the document's third-party columns. A column that the document's table lacks is looked for in
    `of_order`, and counts when it is what is missing. `weee` is the fixed taxes of the document's lines.

    Raises:
        CannotMap: ``totals_residue`` with the amount that nothing explains.
    """
    ways = [way for i, row in enumerate(rows) if (way := _ways(i, row, attributes, of_order))]
    residues = [cents(totals.residue)]
    if weee:  # whether the subtotal holds them is told by the smaller residue, which a fee may turn round
        residues.append(cents(totals.residue + totals.weee - (ZERO if totals.weee else weee)))
    for residue in residues:
        for chosen in product(*ways) if len(ways) <= _MOST else ():
            if cents(total(way.part for way in chosen)) == residue:
                return Explained(
                    tuple(way.charge for way in chosen if way.charge is not None),
                    total(way.beside for way in chosen),
                )
    if residues[0] == 0:
        return Explained()
    known = ", ".join(f"{rows[way[0].charge.row].name} {way[0].part:.2f}" for way in ways if way[0].charge is not None)
    raise CannotMap(
        "totals_residue",
        f"Magento's grand total holds {residues[0]:.2f} that no known column explains: a fee, a gift card or wrapping "
        "of another module; name its column in `totals` of the profile, or it cannot be booked"
        + (f" (the rows of `totals` have {known})" if known else ""),
    )


def merged(found: Iterable[Explained]) -> Explained:
    """The charges of several documents as those of one."""
    nets: dict[int, Decimal] = {}
    vats: dict[int, Decimal | None] = {}
    beside = ZERO
    for one in found:
        beside += one.vat_beside
        for charge in one.charges:
            nets[charge.row] = nets.get(charge.row, ZERO) + charge.net
            vats[charge.row] = None if charge.vat is None else (vats.get(charge.row) or ZERO) + charge.vat
    return Explained(tuple(Charge(row, nets[row], vats[row]) for row in sorted(nets)), beside)


def _ways(
    i: int, row: TotalRow, attributes: Mapping[str, Scalar], of_order: Mapping[str, Scalar] | None
) -> tuple[_Way, ...]:
    borrowed = row.column not in attributes and of_order is not None
    source = of_order if borrowed and of_order is not None else attributes
    sign = -1 if row.sign == "minus" else 1
    amount = sign * _amount(source.get(row.column))
    vat = sign * _amount(source.get(row.vat_column)) if row.vat_column is not None else None
    if amount == 0:
        return ()
    if vat is None:
        ways = [_Way(Charge(i, amount, None), amount, ZERO)]
    else:
        net = amount - vat if row.includes_vat else amount
        charge = Charge(i, net, vat)
        ways = [_Way(charge, net, ZERO)]
        if vat != 0:
            ways.append(_Way(charge, net + vat, vat))
    return (*ways, _Way(None, ZERO, ZERO)) if borrowed else tuple(ways)


def _amount(value: Scalar) -> Decimal:
    try:
        found = Decimal(str(value)) if value is not None else ZERO
    except InvalidOperation:
        return ZERO
    return cents(found) if found.is_finite() else ZERO
