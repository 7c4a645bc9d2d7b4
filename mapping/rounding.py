"""Closing a gap in VAT: a taxed rounding line and its counterpart without VAT leave the net as it was.

e-conomic computes VAT itself. An item of 49.97 with VAT is 39.98 + 9.99 in Magento, while 25% of 39.98 is 9.995, which
e-conomic makes 10.00. A taxed line of -0.02 and an untaxed one of +0.02 bring 39.96 at 25% = 9.99 on the same net.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mapping.money import CENT, HUNDRED, ZERO, VatRounding, cents, round_vat, total
from mapping.problems import CannotMap
from mapping.settings import RoundingKeys
from mapping.vat import Taxed, vat_by_rate

_STEPS = 60


@dataclass(frozen=True, slots=True)
class Closing:
    """The rounding lines that close every gap: one net per rate with a gap, and the net without VAT."""

    taxed: Mapping[Decimal, Decimal]
    untaxed: Decimal


def close(
    lines: Sequence[Taxed],
    vat: Mapping[Decimal, Decimal],
    net: Decimal,
    mode: VatRounding,
    limits: RoundingKeys,
    units: Decimal = ZERO,
) -> Closing:
    """Find the rounding lines after which e-conomic computes `vat` by rate, and `net` in all.

    `units` is how many units are sold; the limits grow with it.

    Raises:
        CannotMap: ``net_gap`` or ``vat_gap`` with both sides' numbers, when a gap is beyond the limits or cannot be
            closed exactly.
    """
    missing = net - total(line.net for line in lines)
    if abs(missing) > limits.net_gap:
        raise CannotMap(
            "net_gap",
            f"the lines come to {total(line.net for line in lines):.2f} net and Magento says {net:.2f}; "
            f"the difference {missing:.2f} is more than rounding.net_gap {limits.net_gap}",
        )
    computed = vat_by_rate(lines, mode)
    taxed: dict[Decimal, Decimal] = {}
    gaps = {r: vat.get(r, ZERO) - computed.get(r, ZERO) for r in {*vat, *computed}}
    more = limits.gap_per_unit * units
    if total(abs(g) for g in gaps.values()) > limits.gap + more:
        raise _vat_gap(vat, computed, f"the gap is more than rounding allows, {limits.gap + more:.2f}")
    for percent, gap in sorted(gaps.items()):
        if gap == 0:
            continue
        if percent == 0:
            raise _vat_gap(vat, computed, "no VAT can be computed at 0%")
        own = total(line.net for line in lines if line.rate == percent)
        found = _rounding_line(own, vat.get(percent, ZERO), gap, percent, mode)
        most = limits.line + more * HUNDRED / percent
        if found is None or abs(found) > most:
            raise _vat_gap(vat, computed, f"no rounding line up to {most:.2f} closes it in mode {mode}")
        taxed[percent] = found
    return Closing(taxed, missing - total(taxed.values()))


def _rounding_line(own: Decimal, wanted: Decimal, gap: Decimal, percent: Decimal, mode: VatRounding) -> Decimal | None:
    share = percent / HUNDRED
    per_line = mode.startswith("line")
    centre = cents(gap / share if per_line else wanted / share - own)
    for step in range(_STEPS):
        for candidate in (centre + step * CENT, centre - step * CENT) if step else (centre,):
            base, target = (candidate, gap) if per_line else (own + candidate, wanted)
            if candidate != 0 and round_vat(base * share, mode) == target:
                return candidate
    return None


def _vat_gap(magento: Mapping[Decimal, Decimal], economic: Mapping[Decimal, Decimal], why: str) -> CannotMap:
    rates = sorted({r for r in (*magento, *economic) if magento.get(r, ZERO) != economic.get(r, ZERO)})
    sides = "; ".join(
        f"at {r.normalize():f}% Magento charged {magento.get(r, ZERO):.2f} and e-conomic would compute "
        f"{economic.get(r, ZERO):.2f}"
        for r in rates
    )
    return CannotMap("vat_gap", f"{sides}; {why}")
