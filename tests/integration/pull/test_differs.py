"""Which of e-conomic's answers say something else than the last ones: how a sweep knows what polls have missed."""

from __future__ import annotations

from sync.demo.tables import Tables
from tests.integration.pull.pulldesk import PullDesk
from tests.integration.pull.till import Layout, Till


def test_an_answer_differs_until_it_was_taken_also_when_it_was_refused(
    desk: PullDesk, tables: Tables, layout: Layout
) -> None:
    till = Till(tables, layout, 3)
    desk.product(till.sku, 7)
    assert desk.engine.differs([desk.ask(till.sku)]) == set(), "nothing was seen before"
    desk.poll(till.sku)
    for number in (9, -2, -3):
        desk.stock(till.sku, number)
        asked = desk.ask(till.sku)
        assert desk.engine.differs([asked]) == {till.sku}
        desk.take(asked)
        assert desk.engine.differs([asked]) == set()
    [row] = desk.state.stock_rows([till.sku])
    assert row.standing == "negative"
