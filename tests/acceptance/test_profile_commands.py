"""`profile init`, `profile check` and `profile schema`, run as people do."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from sync.demo.people import random_cart, random_person
from tests.world import World, until

NOTHING: dict[str, Any] = {
    "ECONOMIC_APP_SECRET_TOKEN": "",
    "ECONOMIC_AGREEMENT_GRANT_TOKEN": "",
    "MAGENTO_DATABASE_URL": "",
}
DEAD: dict[str, Any] = {
    "ECONOMIC_API_URL": "http://127.0.0.1:9",
    "MAGENTO_DATABASE_URL": "mysql+pymysql://u:pw@127.0.0.1:9/shop",
}


def verdicts(world: World, *arguments: str, code: int = 0, **environment: str) -> list[tuple[str, str]]:
    done = world.command("profile", "check", *arguments, "--json", code=code, **environment)
    return [(one["name"], one["verdict"]) for one in json.loads(done.stdout)]


def test_what_init_writes_is_good_at_once_and_delivers_an_order(world: World) -> None:
    with world.shop() as shop:
        shop.place_order(random_cart(random.Random(1)), random_person(random.Random(1)))
    path = world.folder / "first.yaml"
    said = world.command("profile", "init", "--output", str(path))
    assert (said.stdout, "DECIDE" in said.stderr) == ("", True)
    text = path.read_text(encoding="utf-8")
    for words in (
        "layout: 1 # Dansk standard",
        "goods: 1 # Varer",
        "untaxed: 3 # Uden moms",
        "eu: 2 # EU",
        "checkmo: 1",
    ):
        assert words in text
    for question in (
        "legal invoice",
        "go-live line",
        "clearing account",
        "who owns",
        "who are consumers",
        "OSS",
        "stock",
    ):
        assert question in text
    for store in ("default", "en", "se_sv"):
        assert f"#   {store}: " in text
    assert "NOT LOGGED IN, General, Wholesale" in text
    assert {verdict for _, verdict in verdicts(world, str(path))} == {"ok"}
    world.command("check", code=0, PROFILE=str(path))
    service = world.service(PROFILE=str(path)).start()
    try:
        with world.shop() as shop:
            placed = shop.place_order(random_cart(random.Random(2)), random_person(random.Random(2)))
        until("the order is a draft in e-conomic", lambda: world.all("/orders/drafts"))
    finally:
        assert service.stop() == 0
    assert placed is not None


def test_init_overwrites_nothing(world: World) -> None:
    path = world.folder / "mine.yaml"
    path.write_text("extends: sandbox\n")
    done = world.command("profile", "init", "--output", str(path), code=2)
    assert "exists already" in done.stderr
    assert path.read_text() == "extends: sandbox\n"


def test_init_gives_store_views_with_the_same_numbers_prefixes(world: World) -> None:
    with world.shop() as shop:
        shop.place_order(random_cart(random.Random(3)), random_person(random.Random(3)))
    world.sql("INSERT INTO sales_order (increment_id, store_id, created_at) VALUES ('000000001', 2, NOW())")
    try:
        text = world.command("profile", "init").stdout
    finally:
        world.sql("DELETE FROM sales_order WHERE store_id = 2 AND increment_id = '000000001'")
    assert "  en: {reference: {prefix: EN-}}" in text
    YAML(typ="safe").load(text)


def test_init_without_magento_says_so(world: World) -> None:
    done = world.command("profile", "init", MAGENTO_DATABASE_URL="")
    assert "Magento was not asked" in done.stderr
    assert "payment_terms: 1 # Netto 8 dage" in done.stdout
    done = world.command("profile", "init", MAGENTO_DATABASE_URL=DEAD["MAGENTO_DATABASE_URL"])
    assert "Magento could not be asked" in done.stderr


def test_check_says_what_it_could_not_ask(world: World) -> None:
    assert verdicts(world, "sandbox", **NOTHING) == [
        ("profile", "ok"),
        ("Magento", "unknown"),
        ("e-conomic", "unknown"),
    ]
    assert verdicts(world, "sandbox", **DEAD) == [("profile", "ok"), ("Magento", "unknown"), ("e-conomic", "unknown")]
    done = world.command("profile", "check", PROFILE="", code=2)
    assert "no profile is named" in done.stderr


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("bookking: on", "bad.yaml:2: unknown key `bookking`; did you mean `booking`?"),
        ("numbers: {layout: 77}", "bad.yaml:2: `numbers.layout`: e-conomic has no 77 among its layouts"),
        ("stores: {dk: {}}", "bad.yaml:2: `stores.dk`: Magento has no store view `dk`"),
        ("customers: {groups: [{magento_group: [Retail], group: 1}]}", "Magento has no customer group `Retail`"),
    ],
)
def test_check_ends_with_1_for_each_kind_of_mistake(world: World, lines: str, said: str) -> None:
    path = world.folder / "bad.yaml"
    path.write_text(f"extends: sandbox\n{lines}\n")
    done = world.command("profile", "check", "bad.yaml", code=1)
    assert "WRONG   " in done.stdout
    assert said in done.stdout
    assert "Traceback" not in done.stderr


def test_check_ends_with_0_for_warnings(world: World) -> None:
    path = world.folder / "doubt.yaml"
    path.write_text("extends: sandbox\nwhen: [{payment: [chekmo], then: wait, reason: x}, {then: order}]\n")
    done = world.command("profile", "check", str(path))
    assert "warning profile's names in Magento: " in done.stdout
    assert "did you mean `checkmo`?" in done.stdout


def test_the_schema_is_json_alone(world: World) -> None:
    schema = json.loads(world.command("profile", "schema", **NOTHING).stdout)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["booking"]["default"] == "off"
