"""What `pull products` prints of values that are left."""

from __future__ import annotations

from decimal import Decimal

import pytest

from mapping.back import FieldChange
from sync.pull.fieldreport import FieldReport
from sync.pull.printing import print_fields
from sync.pull.products import FieldOutcome


def test_a_choice_without_its_option_names_the_label(capsys: pytest.CaptureFixture[str]) -> None:
    change = FieldChange(
        field="name", attribute="farve", store_id=0, before=Decimal(9), after="Grøn", why_not="no_option"
    )
    report = FieldReport(dry_run=False)
    report.add(FieldOutcome(number="007", sku="007", action="left", changes=(change,)))
    print_fields(report.as_json())
    assert '    007 name "Grøn"' in capsys.readouterr().out
    assert report.lines[0]["new"] == "Grøn"
