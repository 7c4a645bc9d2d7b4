"""What extends what: chains of profiles, fields and lists as wholes, store views, and shops that share an agreement."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping.profile import ProfileError, load_profile
from tests.unit.mapping.test_profiles import write


def test_a_chain_of_profiles_is_followed_to_its_end(tmp_path: Path) -> None:
    """Shop on country on group on the shipped base; the nearest one wins, and each mistake stands in its own file."""
    write(tmp_path, "group.yaml", "extends: sandbox\nnumbers: {unit: 2, layout: 2}\nreference: {prefix: G-}\n")
    write(tmp_path, "country.yaml", "extends: group.yaml\nnumbers: {layout: 3}\nfields: {line: {description: C}}\n")
    shop = write(tmp_path, "shop.yaml", "extends: country.yaml\nnumbers: {payment_terms: 2}\n")
    profile = load_profile(shop)
    raw = {key: getattr(profile.settings.numbers, key).raw for key in ("layout", "payment_terms")}
    assert (raw, profile.settings.numbers.unit) == ({"layout": 3, "payment_terms": 2}, 2)
    assert profile.settings.reference.prefix == "G-"
    assert {(n.kind, Path(n.file).name) for n in profile.numbers() if n.kind in ("unit", "layout")} == {
        ("unit", "group.yaml"),
        ("layout", "country.yaml"),
    }
    write(tmp_path, "country.yaml", "extends: group.yaml\nnumbers: {layuot: 3}\n")
    with pytest.raises(ProfileError) as caught:
        load_profile(shop)
    (problem,) = caught.value.problems
    assert (Path(problem.file).name, problem.line) == ("country.yaml", 2)


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("{expr: store.code}", "{map: store.code, to: {en: '2'}, default: '1'}", {"map", "to", "default"}),
        ("{map: store.code, to: {en: '2'}}", "{map: store.code, to: {de: '3'}}", {"map", "to"}),
        ("{text: a, long: stop}", "{text: b}", {"text"}),
        ("{text: a, long: stop}", "{expr: store.code}", {"expr"}),
        ("plain", "{text: b, long: cut}", {"text", "long"}),
    ],
)
def test_a_field_is_replaced_as_a_whole(tmp_path: Path, base: str, over: str, result: set[str]) -> None:
    write(tmp_path, "base.yaml", f"extends: sandbox\nfields: {{document: {{text1: {base}}}}}\n")
    path = write(tmp_path, "shop.yaml", f"extends: base.yaml\nfields: {{document: {{text1: {over}}}}}\n")
    spec = load_profile(path).settings.fields.document.text1
    assert spec is not None
    assert isinstance(spec.raw, dict)
    assert set(spec.raw) == result


def test_lists_and_go_live_lines_are_replaced_as_a_whole(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", 'extends: sandbox\norders: {since: {default: "000000001"}}\n')
    lines = 'extends: base.yaml\norders: {since: {en: "2000000001"}}\nwhen: [{state: [complete], then: invoice}]\n'
    settings = load_profile(write(tmp_path, "shop.yaml", lines)).settings
    assert settings.orders.since == {"en": "2000000001"}
    assert len(settings.when) == 1


def test_a_store_view_overrides_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "shop.yaml",
        """\
        extends: sandbox
        numbers: {unit: 2}
        stores:
          en:
            numbers: {layout: 2}
            reference: {prefix: EN-}
            booking: off
            fields: {document: {heading: "Order {{ order.increment_id }}"}}
          se_sv: {numbers: {payment_terms: {map: order.payment.method, to: {klarna: 2}, default: 1}}}
        """,
    )
    profile = load_profile(path)
    assert profile.views() == ("en", "se_sv")
    shop, en, se = profile.for_store("default"), profile.for_store("en"), profile.for_store("se_sv")
    assert (shop.settings.booking, en.settings.booking, se.settings.booking) == (True, False, True)
    assert (shop.settings.reference.prefix, en.settings.reference.prefix) == ("", "EN-")
    assert {one.settings.numbers.unit for one in (shop, en, se)} == {2}
    assert en.settings.vat == shop.settings.vat
    assert profile.for_store("gone").settings is shop.settings


def test_two_shops_may_share_an_agreement_behind_their_prefixes(tmp_path: Path) -> None:
    write(tmp_path, "company.yaml", "extends: sandbox\nnumbers: {layout: 2}\n")
    dk = load_profile(write(tmp_path, "dk.yaml", "extends: company.yaml\nreference: {prefix: DK-}\n"))
    se = load_profile(write(tmp_path, "se.yaml", "extends: company.yaml\nreference: {prefix: SE-}\nbooking: off\n"))
    assert (dk.settings.reference.prefix, se.settings.reference.prefix) == ("DK-", "SE-")
    assert dk.fingerprint != se.fingerprint
