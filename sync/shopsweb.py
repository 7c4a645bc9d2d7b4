"""The HTTP side of a process with several shops: all of them together, and each below /shops/<name>."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.servedshop import ServedShop
from sync.service import Service
from sync.webhook import PATH


def create_app(shops: Sequence[ServedShop]) -> Starlette:
    """The application. Ready means that nothing is wrong: each shop is served here, or by a process behind which this
    one stands by.
    """

    def live(_: Request) -> Response:
        return JSONResponse({"live": True})

    def ready(_: Request) -> Response:
        told = {shop.name: _told(shop) for shop in shops}
        fine = all(one["ready"] or one["standby"] for one in told.values())
        return JSONResponse({"ready": fine, "shops": told}, status_code=200 if fine else 503)

    def exposition(_: Request) -> Response:
        text = generate_latest(_Together(shops))
        return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")

    def page(_: Request) -> Response:
        return RedirectResponse("/health/ready")

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/metrics", exposition),
            Route("/", page),
            *(Mount(f"/shops/{shop.name}", _Below(shop)) for shop in shops),
            Mount(PATH.rstrip("/"), _Webhooks(shops)),
        ]
    )


def _told(shop: ServedShop) -> dict[str, object]:
    service, reasons = shop.service, shop.reasons
    return {
        "ready": not reasons,
        "active": service is not None and service.active,
        "standby": service is not None and service.stands_by,
        "reasons": reasons,
        "paused": [] if service is None else sorted(service.keeper.pauses),
    }


class _Below:
    """What a process with this one shop would answer."""

    def __init__(self, shop: ServedShop) -> None:
        self._shop = shop
        self._served: tuple[Service, ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        service, served = self._shop.service, self._served
        if service is None:
            answer = JSONResponse({"ready": False, "reasons": self._shop.reasons, "paused": []}, status_code=503)
            await answer(scope, receive, send)
            return
        if served is None or served[0] is not service:
            served = self._served = service, service.app()
        await served[1](scope, receive, send)


class _Webhooks:
    """Passes a webhook to the shop whose secret its address holds."""

    def __init__(self, shops: Sequence[ServedShop]) -> None:
        self._shops = shops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = PlainTextResponse("Not Found", 404)
        whole = {**scope, "root_path": ""}
        for shop in self._shops:
            service = shop.service
            if service is not None:
                app = service.webhooks(app)
        await app(whole, receive, send)


class _Together(Collector):
    """The figures of every shop, each with the label `shop`."""

    def __init__(self, shops: Sequence[ServedShop]) -> None:
        self._shops = shops

    def collect(self) -> Iterator[Metric]:
        """Each figure once, with the samples of all shops."""
        together: dict[str, Metric] = {}
        for shop in self._shops:
            service = shop.service
            for metric in () if service is None else service.metrics.registry.collect():
                known = together.setdefault(metric.name, Metric(metric.name, metric.documentation, metric.type))
                known.samples += [one._replace(labels={"shop": shop.name, **one.labels}) for one in metric.samples]
        yield from together.values()
