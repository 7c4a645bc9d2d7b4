"""The service's HTTP side: health, metrics and, for now, one page that says how it is."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from html import escape
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sync.errors import ConfigError
from sync.metrics import Metrics
from sync.patience import Patience

Reasons = Callable[[], list[str]]


def create_app(
    reasons: Reasons,
    status: Callable[[], dict[str, Any]],
    metrics: Metrics,
    *,
    paused: Callable[[], list[str]] = list,
) -> Starlette:
    """The application.

    `reasons` says why the service is not ready; none means that it is. `paused` names the brakes that are on: people
    want them so, which leaves the service ready.
    """

    def live(_: Request) -> Response:
        return JSONResponse({"live": True})

    def ready(_: Request) -> Response:
        why = reasons()
        answer = {"ready": not why, "reasons": why, "paused": paused()}
        return JSONResponse(answer, status_code=503 if why else 200)

    def exposition(_: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def page(_: Request) -> Response:
        return HTMLResponse(_page(reasons(), status()))

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", exposition),
            Route("/", page),
        ]
    )


class WebServer:
    """Serves the application from a thread of this process.

    Raises `ConfigError` when the address cannot be used.
    """

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio switches Nagle's delay off only for sockets that name their protocol
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
        except OSError as error:
            self._socket.close()
            raise ConfigError(
                f"HTTP_HOST={host} HTTP_PORT={port}: {error.strerror}", hint="choose another HTTP_PORT"
            ) from error
        self.port = int(self._socket.getsockname()[1])
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio", http=Patience
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="http", daemon=True
        )

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(0.5)
        self._socket.close()


def _page(reasons: list[str], status: dict[str, Any]) -> str:
    def rows(table: dict[str, Any], path: str = "") -> str:
        html = ""
        for name, value in table.items():
            if isinstance(value, dict):
                html += rows(value, f"{path}{name} ")
            else:
                html += f"<tr><th scope=row>{escape(path + name)}</th><td>{escape(str(value))}</td></tr>"
        return html

    why = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    state = "ready" if not reasons else f"not ready<ul>{why}</ul>"
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        "<meta http-equiv=refresh content=5><title>magento-economic</title>"
        "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;margin:2rem auto;max-width:48rem;"
        "padding:0 1rem}th{text-align:left;padding-right:2rem;font-weight:normal}td{font-variant-numeric:tabular-nums}"
        f"</style><h1>magento-economic</h1><p>The service is {state}</p><table>{rows(status)}</table></html>"
    )
