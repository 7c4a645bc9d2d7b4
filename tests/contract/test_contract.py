"""Every story of the table."""

from __future__ import annotations

import datetime
import re
import secrets
from typing import Any

import httpx
import pytest

from tests.contract.cases import STORIES, Case, Story
from tests.contract.conftest import allowed

_NAME = re.compile(r"\{([a-z]+)\}")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_contract(api: httpx.Client, story: Story) -> None:
    if not allowed(writes=story.writes, final=story.final):
        pytest.skip(f"it writes to the agreement; run with WRITE={'final' if story.final else '1'}")
    kept: dict[str, Any] = {
        "mark": f"ct-{secrets.token_hex(6)}",
        "today": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
    wrong: list[str] = []
    try:
        for case in story.cases:
            wrong += [f"{case.name}: {problem}" for problem in check(api, case, kept)]
    finally:
        for case in story.after:
            send(api, case, kept)
    assert not wrong, "\n".join(wrong)


def check(api: httpx.Client, case: Case, kept: dict[str, Any]) -> list[str]:
    """What differs from the expectation."""
    answer = send(api, case, kept)
    if answer is None:
        return ["an earlier case did not give what this one needs"]
    if answer.status_code != case.status:
        return [f"answered {answer.status_code}: {answer.text[:300]}"]
    if answer.status_code == 204:
        return []
    doc = answer.json()
    problems = [f"has no {key}" for key in case.keys if at(doc, key) is None]
    if case.code and f'"{case.code}"' not in answer.text:
        problems.append(f"has no error {case.code}: {answer.text[:300]}")
    for name, way in case.keep.items():
        kept[name] = at(doc, way)
    return problems


def send(api: httpx.Client, case: Case, kept: dict[str, Any]) -> httpx.Response | None:
    """The answer; None when something that it needs was not kept."""
    needed = set(_NAME.findall(f"{case.path} {case.body} {case.headers}"))
    if not all(kept.get(name) is not None for name in needed):
        return None
    headers = filled(case.headers, kept)
    if not case.tokens:
        headers |= {"X-AppSecretToken": "no", "X-AgreementGrantToken": "no"}
    path = filled(case.path, kept)
    if case.file is not None:
        return api.request(case.method, path, files={"file": ("a.pdf", case.file, "application/pdf")}, headers=headers)
    if isinstance(case.body, str):
        return api.request(case.method, path, content=case.body, headers=headers)
    return api.request(case.method, path, json=filled(case.body, kept), headers=headers)


def filled(value: Any, kept: dict[str, Any]) -> Any:
    """`value` with what was kept in the place of `{name}`; a text that is nothing else becomes the kept value."""
    if isinstance(value, dict):
        return {name: filled(item, kept) for name, item in value.items()}
    if isinstance(value, list):
        return [filled(item, kept) for item in value]
    if isinstance(value, str):
        whole = _NAME.fullmatch(value)
        return kept[whole[1]] if whole else _NAME.sub(lambda found: str(kept[found[1]]), value)
    return value


def at(doc: Any, way: str) -> Any:
    """The value at a dotted way; None without one."""
    for step in way.split("."):
        if isinstance(doc, list):
            doc = doc[int(step)] if int(step) < len(doc) else None
        else:
            doc = doc.get(step) if isinstance(doc, dict) else None
    return doc
