"""An e-conomic made of a table: (method, path) -> answer, with every request kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import httpx

from econ_client.client import Economic

URL = "https://api.example"
Handler = Callable[[httpx.Request], httpx.Response]


def economic(handler: Handler, **options: Any) -> Economic:
    return Economic(URL, "secret-app-token", "secret-grant-token", transport=httpx.MockTransport(handler), **options)


class Table:
    """Collections are lists of rows and are paged; everything else is answered as it stands, missing is 404."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.answers = dict(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.raw_path.decode().split("?")[0]
        if path not in self.answers:
            return not_found()
        answer = self.answers[path]
        if isinstance(answer, httpx.Response):
            return answer
        if callable(answer):
            return answer(request)  # type: ignore[no-any-return]
        return collection(answer, request) if isinstance(answer, list) else httpx.Response(200, json=answer)

    @property
    def asked(self) -> list[str]:
        return [request.url.path for request in self.requests]


def collection(rows: Sequence[Any], request: httpx.Request) -> httpx.Response:
    size = int(request.url.params.get("pagesize", "20"))
    page = int(request.url.params.get("skippages", "0"))
    pagination: dict[str, Any] = {"skipPages": page, "pageSize": size, "results": len(rows)}
    if (page + 1) * size < len(rows):
        pagination["nextPage"] = f"https://elsewhere.example/?skippages={page + 1}"
    shown = rows[page * size : (page + 1) * size]
    return httpx.Response(200, json={"collection": shown, "pagination": pagination, "self": "x"})


def not_found() -> httpx.Response:
    return refused(404, message="Resource not found.", errorCode="E06000")


def refused(status: int, headers: Mapping[str, str] | None = None, **body: Any) -> httpx.Response:
    content = json.dumps({"httpStatusCode": status, "logId": "1f2e-CPH", **body})
    return httpx.Response(status, content=content, headers=headers)
