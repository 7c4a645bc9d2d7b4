"""The orders that were worked out by hand, delivered: what stands in the sandbox is their row, to the øre."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from tests.integration.mapping.delivered import Delivered, deliver
from tests.unit.mapping.books60.case import Case
from tests.unit.mapping.books60.every import at, every, lines_of, wanted_fields


def test_every_order_that_was_worked_out_stands_as_its_row_says(tmp_path: Path) -> None:
    by_profile: dict[str, list[Case]] = defaultdict(list)
    for case in every():
        if not case.local:
            by_profile[case.profile].append(case)
    wrong: list[str] = []
    for number, (profile, cases) in enumerate(by_profile.items()):
        found = deliver((case.order for case in cases), tmp_path / str(number), profile)
        for case in cases:
            wrong += [f"{case.name} ({case.why}): {fault}" for fault in faults(case, found[case.order.id])]
    assert not wrong, "\n".join(wrong)
    assert sum(len(cases) for cases in by_profile.values()) >= 60


def faults(case: Case, found: Delivered) -> list[str]:
    """What differs from the case's row."""
    if found.parked != case.parks:
        return [f"parked for {found.parked or 'nothing'} ({found.advice}), not for {case.parks or 'nothing'}"]
    said = []
    if len(found.documents) != len(case.documents):
        said.append(f"{len(found.documents)} documents, not {len(case.documents)}")
    for row in case.documents:
        ending = case.order.increment_id + row.suffix
        stands = next((one for reference, one in found.documents.items() if reference.endswith(ending)), None)
        if stands is None:
            said.append(f"nothing stands as {ending}")
            continue
        kind = "order_draft" if row.kind == "order_draft" else "invoice_booked"
        if stands.kind != kind:
            said.append(f"{stands.kind}, not {kind}")
        if stands.amounts != (Decimal(row.net), Decimal(row.vat), Decimal(row.gross)):
            said.append(f"amounts {stands.amounts}")
        if lines_of(stands.body) != list(row.lines):
            said.append(f"lines {lines_of(stands.body)}")
        for path, value in wanted_fields(row, case).items():
            if at(stands.body, path) != value:
                said.append(f"{path} is {at(stands.body, path)!r}, not {value!r}")
    return said
