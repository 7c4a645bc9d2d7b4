"""Searching by a text gives what comparing every document would give, however the search is carried out."""

from __future__ import annotations

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from econ_client.sandbox import Agreement
from econ_client.sandbox.collections import Call, collect
from econ_client.sandbox.filters import Property
from econ_client.sandbox.switches import Switches
from econ_client.sandbox.wire import Doc
from tests.integration.sandbox.conftest import new_draft

texts = st.text(alphabet="abAB1-·øßİ ", max_size=12)
patterns = st.text(alphabet="abAB1-·øß *[]", min_size=1, max_size=6)
OPERATORS = ("like", "eq")


@given(texts=st.lists(texts, max_size=12), pattern=patterns, operator=st.sampled_from(OPERATORS), data=st.data())
@settings(max_examples=200, deadline=None)
def test_the_index_changes_nothing(texts: list[str], pattern: str, operator: str, data: st.DataObject) -> None:
    agreement = Agreement("empty", Switches())
    for number, text in enumerate(texts, start=1):
        agreement.booked.put(number, {"references": {"other": text}})
    if texts:
        changed = data.draw(st.integers(1, len(texts)))
        agreement.booked.put(changed, {"references": {}})
        agreement.booked.put(changed, {"references": {"other": texts[0]}})
        agreement.booked.remove(data.draw(st.integers(1, len(texts))))
    properties = {"references.other": Property(), "x": Property()}
    for filtering in (
        f"references.other${operator}:{pattern}",
        f"references.other${operator}:{pattern}$or:x$eq:1",
        f"(references.other${operator}:{pattern}$or:x$eq:$null:)$and:references.other$ne:b",
    ):
        call = Call("GET", "/x", {"filter": filtering, "pagesize": "1000"}, None, "http://x")

        def show(doc: Doc) -> Doc:
            return doc

        answers = [collect(call, rows, properties, show).doc for rows in (agreement.booked, agreement.booked.listed())]
        assert answers[0] == answers[1]


def test_lists_that_lag_are_searched_as_they_are_shown(api: httpx.Client, customer: Doc) -> None:
    search = "/invoices/drafts?filter=references.other$like:DK-1"
    api.put("/_sandbox/agreement", json={"list_delay": 3600})
    api.post("/invoices/drafts", json=new_draft(references={"other": "DK-1"})).raise_for_status()
    assert api.get(search).json()["pagination"]["resultsWithoutFilter"] == 0
    api.put("/_sandbox/agreement", json={"list_delay": 0})
    assert api.get(search).json()["pagination"]["results"] == 1
