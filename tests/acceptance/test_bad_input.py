"""Bad input: one clear message on stderr, exit code 2, no traceback, no secret, and nothing done anywhere."""

from __future__ import annotations

import os
import random
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sync import startup
from sync.demo.mariadb import free_port
from sync.demo.people import random_cart, random_person
from tests.servers import IS_MYSQL
from tests.world import World

SECRETS = ("hemmeligt-kodeord", "app-hemmelighed", "aftale-hemmelighed")
Given = Callable[[World], dict[str, str]]


def refused(world: World, environment: dict[str, str], *says: str, before: str = "") -> str:
    """Run it; what it said on stderr."""
    world.http.delete("/_sandbox/requests")
    documents = {path: len(world.all(path)) for path in ("/customers", "/products", "/orders/drafts")}
    state = world.folder / "state.db"
    done = world.command("run", code=2, before=before, **{"HTTP_PORT": "0", **environment})
    said = done.stderr
    assert "Traceback" not in said + done.stdout
    for secret in SECRETS:
        assert secret not in said + done.stdout
    for text in says:
        assert text in said
    refusals = [line for line in said.splitlines() if line.strip() and " WARNING " not in line and " INFO " not in line]
    assert 1 <= len(refusals) <= 12, said
    assert not [request for request in world.requests() if request["method"] != "GET"]
    assert documents == {path: len(world.all(path)) for path in documents}
    if state.exists() and state.stat().st_size and environment.get("STATE_DATABASE_URL") is None:
        with closing(sqlite3.connect(state)) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if "task" in tables:
                assert connection.execute("SELECT COUNT(*) FROM task").fetchone() == (0,)
                assert connection.execute("SELECT COUNT(*) FROM intent").fetchone() == (0,)
    return said


@pytest.fixture(autouse=True)
def order(world: World) -> None:
    """Something that would be delivered if it started after all."""
    with world.shop() as shop:
        shop.place_order(random_cart(random.Random(1)), random_person(random.Random(1)))


@contextmanager
def a_global(world: World, name: str, value: str) -> Iterator[None]:
    """A server setting that is wrong as long as the block lasts."""
    ((before,),) = world.sql(f"SELECT @@GLOBAL.{name}")
    world.sql(f"SET GLOBAL {name} = '{value}'")
    try:
        yield
    finally:
        world.sql(f"SET GLOBAL {name} = %s", before)


def profile(world: World, text: str) -> dict[str, str]:
    """A shop's own profile."""
    path = world.folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    return {"PROFILE": str(path)}


def test_wrong_dsn_is_no_url(world: World) -> None:
    refused(world, {"MAGENTO_DATABASE_URL": f"postgres://shop:{SECRETS[0]}@db/shop"}, "MAGENTO_DATABASE_URL")


def test_wrong_dsn_names_no_database(world: World) -> None:
    url = world.server.url("", "root", SECRETS[0])
    refused(world, {"MAGENTO_DATABASE_URL": url}, "MAGENTO_DATABASE_URL", "database name")


def test_wrong_dsn_names_a_database_that_is_not_there(world: World) -> None:
    refused(world, {"MAGENTO_DATABASE_URL": world.server.url("nowhere")}, "nowhere")


def test_wrong_dsn_names_a_database_without_magento(world: World) -> None:
    refused(world, {"MAGENTO_DATABASE_URL": world.server.url("mysql")}, "sales_order")


@pytest.mark.slow
def test_wrong_dsn_host_that_cannot_be_reached_is_tried_for_a_minute(world: World) -> None:
    assert startup.FIRST_START_PATIENCE == 60
    url = f"mysql+pymysql://shop:{SECRETS[0]}@127.0.0.1:{free_port()}/shop"
    shorter = "import sync.startup; sync.startup.FIRST_START_PATIENCE = 5"
    began = time.monotonic()
    refused(world, {"MAGENTO_DATABASE_URL": url}, "127.0.0.1", "does not answer", before=shorter)
    assert time.monotonic() - began > 5


def test_wrong_login(world: World) -> None:
    url = world.server.url(world.schema, "nobody", SECRETS[0])
    refused(world, {"MAGENTO_DATABASE_URL": url}, "nobody")


@pytest.mark.parametrize("name", ["ECONOMIC_APP_SECRET_TOKEN", "ECONOMIC_AGREEMENT_GRANT_TOKEN"])
def test_wrong_token(world: World, name: str) -> None:
    refused(world, {name: SECRETS[1]}, "e-conomic login", "ECONOMIC_APP_SECRET_TOKEN")


def test_missing_settings_are_all_named_at_once(world: World) -> None:
    names = ("MAGENTO_DATABASE_URL", "ECONOMIC_APP_SECRET_TOKEN", "ECONOMIC_AGREEMENT_GRANT_TOKEN", "PROFILE")
    refused(world, dict.fromkeys(names, ""), *names)


@pytest.mark.parametrize("revoked", ["REPLICATION SLAVE", "REPLICATION CLIENT" if IS_MYSQL else "BINLOG MONITOR"])
def test_missing_grant_for_the_log(world: World, revoked: str) -> None:
    url = world.user("lacking", SECRETS[0])
    world.sql(f"REVOKE {revoked} ON *.* FROM 'lacking'@'%'")
    try:
        refused(world, {"MAGENTO_DATABASE_URL": url}, revoked, f"GRANT {revoked} ON *.* TO")
    finally:
        world.sql("DROP USER 'lacking'@'%'")


def test_missing_grant_on_a_table(world: World) -> None:
    url = world.user("lacking", SECRETS[0])
    world.sql(f"REVOKE SELECT ON `{world.schema}`.sales_order_item FROM 'lacking'@'%'")
    try:
        refused(world, {"MAGENTO_DATABASE_URL": url}, "sales_order_item", "GRANT SELECT ON")
    finally:
        world.sql("DROP USER 'lacking'@'%'")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("binlog_row_metadata", "MINIMAL"),
        ("binlog_format", "STATEMENT"),
        ("binlog_row_image", "MINIMAL"),
    ],
)
def test_minimal_metadata_and_statement_format(world: World, name: str, value: str) -> None:
    with a_global(world, name, value):
        said = refused(world, {}, name, value, f"SET GLOBAL {name}=")
    assert "my.cnf" in said


def test_unreadable_profile(world: World) -> None:
    refused(world, {"PROFILE": str(world.folder / "nothing.yaml")}, "nothing.yaml")
    refused(world, {"PROFILE": str(world.folder)}, str(world.folder))
    broken = world.folder / "latin.yaml"
    broken.write_bytes(b"extends: sandbox\nfields: {document: {heading: '\xe6\xf8'}}\n")
    refused(world, {"PROFILE": str(broken)}, "latin.yaml")


def test_yaml_error_is_told_with_its_line(world: World) -> None:
    refused(world, profile(world, "extends: sandbox\nbooking: [on\n"), "shop.yaml:")


def test_every_mistake_in_a_profile_is_told_with_its_line(world: World) -> None:
    text = "extends: sandbox\nbooking: maybe\ninvoices: per_day\nnumbers: {layout: nineteen}\n"
    refused(world, profile(world, text), "shop.yaml:2", "shop.yaml:3", "shop.yaml:4")


def test_a_profile_without_a_go_live_line(world: World) -> None:
    refused(world, {"PROFILE": "denmark"}, "orders.since")


def test_profile_naming_a_number_that_the_agreement_lacks(world: World) -> None:
    text = "extends: sandbox\nnumbers:\n  layout: 19\n  products: {shipping: fragt}\n"
    refused(world, profile(world, text), "shop.yaml:3", "shop.yaml:4", "19", "fragt")


@pytest.mark.parametrize("barred", ["shipping"])
def test_profile_naming_a_product_that_is_barred(world: World, barred: str) -> None:
    product = world.http.get(f"/products/{barred}").json()
    world.http.put(f"/products/{barred}", json={**product, "barred": True}).raise_for_status()
    try:
        refused(world, {}, barred, "barred")
    finally:
        world.http.put(f"/products/{barred}", json=product).raise_for_status()


def test_state_path_that_is_not_writable(world: World, tmp_path: Path) -> None:
    refused(world, {"STATE_DATABASE_URL": f"sqlite:///{tmp_path}/missing/state.db"}, f"{tmp_path}/missing")
    refused(world, {"STATE_DATABASE_URL": f"sqlite:///{tmp_path}"}, str(tmp_path))
    if os.geteuid():
        tmp_path.chmod(0o500)
        refused(world, {"STATE_DATABASE_URL": f"sqlite:///{tmp_path}/state.db"}, str(tmp_path))


def test_state_file_that_is_no_state(world: World, tmp_path: Path) -> None:
    file = tmp_path / "state.db"
    file.write_text("this is no database, it is a shopping list" * 100)
    refused(world, {"STATE_DATABASE_URL": f"sqlite:///{file}"}, str(file))


def test_taken_http_port(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        refused(world, {"HTTP_PORT": port}, f"HTTP_PORT={port}")


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTP_PORT", "many"), ("STOP_TIMEOUT", "-1"), ("LOG_FORMAT", "xml"), ("ECONOMIC_API_URL", "restapi")],
)
def test_settings_that_are_none(world: World, name: str, value: str) -> None:
    refused(world, {name: value}, name)


def test_a_secret_file_that_cannot_be_read(world: World) -> None:
    environment = {"ECONOMIC_APP_SECRET_TOKEN": "", "ECONOMIC_APP_SECRET_TOKEN_FILE": "/run/secrets/nothing"}
    refused(world, environment, "ECONOMIC_APP_SECRET_TOKEN_FILE", "/run/secrets/nothing")
