"""The command line: each command reads its settings, builds what it needs, calls one function and prints."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from typing import Any, NoReturn

import click
import simplejson

from cdc.errors import MagentoError
from econ_client.errors import EconomicError, NotAuthorised
from sync import commands, logs, profiles, rights
from sync.check import Check
from sync.errors import ConfigError, SyncError
from sync.printing import print_mapping, print_preview, print_tasks
from sync.rights import Edition, Pull
from sync.service import Service
from sync.settings import Settings, from_environment
from sync.shops import Shops
from sync.state.control import BRAKES
from sync.state.errors import StateError
from sync.state.tasks import STATES

JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout; logs go to stderr.")
KINDS = click.Choice(["order", "customer", "product", "stock"])


def _with(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A decorator that gives a command several options, shown in this order."""
    return lambda command: reduce(lambda decorated, option: option(decorated), reversed(options), command)


def _settings(*needs: str) -> Settings:
    settings = from_environment(os.environ, needs=frozenset(needs))
    logs.configure(settings.log_format)
    return settings


def _fail(message: str, hint: str = "", code: int = 2) -> NoReturn:
    click.echo(message + (f"\n{hint}" if hint else ""), err=True)
    sys.exit(code)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what can go wrong into one message and an exit code: 2 for what refuses, 1 for what failed."""
    try:
        yield
    except (ConfigError, NotAuthorised) as error:
        _fail(str(error), getattr(error, "hint", ""))
    except (MagentoError, StateError) as error:
        _fail(str(error), error.hint, 1 if error.retryable else 2)
    except (SyncError, EconomicError) as error:
        _fail(str(error), getattr(error, "hint", "") if isinstance(error, SyncError) else "", 1)


def _print(value: Any) -> None:
    click.echo(simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2))


def _print_checks(found: list[Check], *, as_json: bool) -> None:
    marks = {"ok": "ok     ", "warning": "warning", "wrong": "WRONG  ", "unknown": "UNKNOWN"}
    if as_json:
        _print([one.as_json() for one in found])
    for one in () if as_json else found:
        click.echo(f"{marks[one.verdict]} {one}")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="magento-economic")
def main() -> None:
    """Keep e-conomic in step with a Magento shop, straight from its binlog.

    Settings come from the environment (MAGENTO_DATABASE_URL, ECONOMIC_APP_SECRET_TOKEN,
    ECONOMIC_AGREEMENT_GRANT_TOKEN, PROFILE, ...); each may also be given as NAME_FILE.
    """


@main.command()
@click.option("--observe", is_flag=True, help="Do everything but write, and say what would be sent.")
@click.option(
    "--shops",
    type=click.Path(exists=True, file_okay=False),
    help="Serve every shop of this folder: one file NAME.env each.",
)
def run(observe: bool, shops: str | None) -> None:
    """The service: capture, deliver, HTTP. Ends with 0 on SIGTERM."""
    with _told():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        service: Service | Shops
        if shops is None:
            service = commands.service(_settings("all"), observe=observe)
        else:
            _settings("nothing")
            service = commands.shops(shops, os.environ, observe=observe)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, service.on_signal)
        service.run()


@main.command()
@JSON
def check(as_json: bool) -> None:
    """Every start-up check, with its fix. Ends with 1 when one fails."""
    with _told():
        found = commands.checks(_settings("all"))
        _print_checks(found, as_json=as_json)
        if any(one.verdict in ("wrong", "unknown") for one in found):
            sys.exit(1)


@main.command()
@click.argument("kind", type=click.Choice(["order", "customer", "product"]))
@click.argument("ref")
@JSON
def preview(kind: str, ref: str, as_json: bool) -> None:
    """The exact documents that would be sent, with both sides' totals. Sends nothing.

    REF is Magento's increment id, an e-mail address, a SKU, or id:N.
    """
    with _told():
        shown = commands.preview(_settings("all"), kind, ref)
        _print(shown.as_json()) if as_json else print_preview(shown)


@main.command()
@JSON
def status(as_json: bool) -> None:
    """Position, lag, tasks by state, links by kind, and how stock comes back."""
    with _told():
        said = commands.status(_settings())
        _print(said) if as_json else print_mapping(said)


@main.group()
def tasks() -> None:
    """Keys that wait, were parked or skipped, and why."""


FILTERS = _with(
    click.option("--state", type=click.Choice(list(STATES)), help="Only tasks in this state."),
    click.option("--kind", type=KINDS, help="Only keys of this kind."),
    click.option("--reason", help="Only tasks with this reason."),
)


@tasks.command("list")
@FILTERS
@JSON
def tasks_list(state: str | None, kind: str | None, reason: str | None, as_json: bool) -> None:
    """List tasks, oldest first."""
    with _told():
        found = commands.tasks(_settings(), state, kind, reason)
        _print([task.as_json() for task in found]) if as_json else print_tasks(found)


@tasks.command("show")
@click.argument("ref")
@click.option("--kind", type=KINDS, default="order", show_default=True)
@JSON
def tasks_show(ref: str, kind: str, as_json: bool) -> None:
    """One key: its task, its links and the latest calls. REF is its increment id or its id in Magento."""
    with _told():
        said = commands.show(_settings(), kind, ref)
        _print(said) if as_json else print_mapping(said)


@tasks.command("retry")
@click.argument("refs", nargs=-1)
@FILTERS
@JSON
def tasks_retry(refs: tuple[str, ...], state: str | None, kind: str | None, reason: str | None, as_json: bool) -> None:
    """Try tasks again now: those named by REFS, or all that fit the options."""
    with _told():
        changed = commands.retry(_settings(), refs, state, kind, reason)
        _print({"changed": changed}) if as_json else click.echo(f"{changed} tasks wait to be tried again")
        if not changed and refs:
            sys.exit(1)


@tasks.command("skip")
@click.argument("refs", nargs=-1)
@FILTERS
@JSON
def tasks_skip(refs: tuple[str, ...], state: str | None, kind: str | None, reason: str | None, as_json: bool) -> None:
    """Set tasks aside until `tasks retry`: those named by REFS, or all that fit the options."""
    with _told():
        changed = commands.skip(_settings(), refs, state, kind, reason)
        _print({"changed": changed}) if as_json else click.echo(f"{changed} tasks are skipped")
        if not changed and refs:
            sys.exit(1)


SOME_BRAKES = _with(*(click.option(f"--{brake}", is_flag=True, help=f"Only {brake}.") for brake in BRAKES))


@main.command()
@SOME_BRAKES
def pause(**chosen: bool) -> None:
    """Put the brake on, durably: booking, deliveries, pull, or all of them."""
    with _told():
        on = commands.pause(_settings(), [brake for brake in BRAKES if chosen[brake]])
        click.echo(f"paused: {', '.join(on)}")


@main.command()
@SOME_BRAKES
def resume(**chosen: bool) -> None:
    """Let the brake go."""
    with _told():
        on = commands.resume(_settings(), [brake for brake in BRAKES if chosen[brake]])
        click.echo(f"paused: {', '.join(on) or 'nothing'}")


@main.group()
def pull() -> None:
    """From e-conomic into Magento, once: stock, and product fields that the bookkeeper owns."""


SKUS = click.option("--sku", "skus", multiple=True, help="Only this SKU; may be given several times.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Write nothing: say what would be written.")


@pull.command("stock")
@SKUS
@DRY_RUN
@click.option("--accept", is_flag=True, help="Apply it, and let the service go on by itself from now on.")
@click.option("--stocktake", is_flag=True, help="What should be on the shelf, and why. Writes nothing.")
@JSON
def pull_stock(skus: tuple[str, ...], dry_run: bool, accept: bool, stocktake: bool, as_json: bool) -> None:
    """Write e-conomic's stock into Magento's tables, less what is sold and not booked yet.

    Until --accept was given once it is a dry run: old and new quantity of each SKU. With --sku it shows how a number
    comes about. Beside a running service it asks that to write; without one it takes the shop's lock.
    """
    with _told():
        from sync.pull import command, printing

        options = command.Options(skus=skus, dry_run=dry_run, accept=accept, stocktake=stocktake, by=commands.me())
        with printing.progress() as tell:
            said = command.pull_stock(_settings("all"), options, tell)
        _print(said) if as_json else printing.print_pull(said)
        if said.get("left", {}).get("unknown"):
            sys.exit(1)


@pull.command("products")
@SKUS
@DRY_RUN
@JSON
def pull_products(skus: tuple[str, ...], dry_run: bool, as_json: bool) -> None:
    """Write the product fields that the profile gives to e-conomic into Magento's attributes.

    A running service does that by itself from its start on: look with --dry-run before it runs with a new profile.
    """
    with _told():
        from sync.pull import command, printing

        options = command.Options(skus=skus, dry_run=dry_run, by=commands.me())
        with printing.progress() as tell:
            said = command.pull_products(_settings("all"), options, tell)
        _print(said) if as_json else printing.print_pull(said)
        if said["left"].get("unknown"):
            sys.exit(1)


@main.group()
def profile() -> None:
    """The shop's mapping: begin one, check one, describe one to an editor."""


@profile.command("check")
@click.argument("named", metavar="[PROFILE]", required=False)
@JSON
def profile_check(named: str | None, as_json: bool) -> None:
    """Every mistake in a profile, and every number and name in it that e-conomic or Magento lacks.

    PROFILE is a path or the name of a shipped profile; default the variable PROFILE. What cannot be asked now is said.
    Ends with 1 when something is wrong.
    """
    with _told():
        found = profiles.check_profile(_settings(), named)
        _print_checks(found, as_json=as_json)
        if any(one.verdict == "wrong" for one in found):
            sys.exit(1)


@profile.command("schema")
def profile_schema() -> None:
    """The profile's JSON Schema, for editors that complete and check YAML."""
    _print(profiles.schema())


@profile.command("init")
@click.option("--output", type=click.Path(dir_okay=False), help="Write it to this file, which must not exist yet.")
def profile_init(output: str | None) -> None:
    """A first profile with the agreement's own numbers, for people to go through. Needs e-conomic's tokens."""
    with _told():
        text = profiles.first_profile(_settings("economic"), lambda said: click.echo(said, err=True), output)
        if output is None:
            click.echo(text, nl=False)


@main.group()
def capture() -> None:
    """What is read from the binlog."""


@capture.command("adopt")
@click.option("--yes", is_flag=True, help="Do not ask.")
def capture_adopt(yes: bool) -> None:
    """Accept a server that failed the identity check, from its present end on."""
    with _told():
        plan = commands.adopt(_settings("magento"))
        click.echo(plan.meaning)
        if yes or click.confirm("Go on from there?"):
            plan.carry_out()
            click.echo("adopted")
        else:
            plan.close()


@main.command()
@click.option("--user", help="The user to create; default the one of MAGENTO_DATABASE_URL, or magento_economic.")
@click.option("--host", default="%", show_default=True, help="The host that it logs in from.")
@click.option("--mysql", is_flag=True, help="For MySQL instead of MariaDB.")
@click.option("--magento-1", "magento1", is_flag=True, help="For Magento 1 or OpenMage, where no table can be seen.")
@click.option(
    "--pull",
    "pulls",
    type=click.Choice(["stock", "products"]),
    multiple=True,
    help="Also what pulling stock, or product fields, writes; may be given twice.",
)
def grants(user: str | None, host: str, mysql: bool, magento1: bool, pulls: tuple[Pull, ...]) -> None:
    """The least rights on Magento's server, as SQL: to read, and with --pull to write."""
    with _told():
        edition: Edition = "magento1" if magento1 else "magento2"
        sql = rights.grants(_settings(), user, host, mariadb=not mysql, pulls=pulls, edition=edition)
        click.echo(sql, nl=False)


@main.command()
@click.option("--port", default=8099, show_default=True, help="Port on 127.0.0.1; 0 for a free one.")
@click.option("--seed", type=click.Choice(["demo", "empty"]), default="demo", show_default=True)
@click.option("--inventory", type=click.Choice(["on", "off"]))
@click.option("--orders", type=click.Choice(["allowed", "refused"]))
@click.option("--orders-reserve", type=click.Choice(["on", "off"]))
@click.option("--stock-moves-last-updated", type=click.Choice(["on", "off"]))
@click.option("--stock-delay", type=float, help="Seconds from booking to the stock's movement.")
@click.option(
    "--vat-rounding",
    type=click.Choice(["document/half_up", "document/half_even", "line/half_up", "line/half_even"]),
)
@click.option("--cache-errors", type=click.Choice(["on", "off"]))
@click.option("--list-delay", type=float, help="Seconds until lists show an effect.")
@click.option("--rate-limit", type=click.Choice(["on", "off"]), help="Refuse with 429 when the window is used up.")
@click.option("--webhook-deletes", type=click.Choice(["on", "off"]), help="Whether deletions fire webhooks.")
@click.option("--descriptions-required", type=click.Choice(["on", "off"]), help="Refuse lines without a description.")
@click.option("--payment-sign", type=click.Choice(["minus", "plus"]), help="The sign by which payments pay.")
@click.option("--file", type=click.Path(dir_okay=False), help="Keep the state in this file.")
def sandbox(port: int, seed: str, file: str | None, **switches: Any) -> None:
    """The local e-conomic. Tokens demo/demo may also write here."""
    with _told():
        commands.sandbox(port, seed, {name: value for name, value in switches.items() if value is not None}, file)


@main.command()
@click.option("--orders", default=12, show_default=True, help="How many orders the simulated shop takes.")
@click.option("--keep", is_flag=True, help="Stay up afterwards for a look, until Ctrl-C.")
@click.option("--seed", type=int, help="Repeat the same orders.")
def demo(orders: int, keep: bool, seed: int | None) -> None:
    """A whole throwaway world: database, sandbox, service, and orders coming in."""
    with _told():
        from sync.demo.world import run_demo

        sys.exit(run_demo(orders, keep=keep, seed=seed))


if __name__ == "__main__":
    main()
