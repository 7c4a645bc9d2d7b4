"""The profile by itself: checked as far as can be asked now, its JSON Schema, and a first one from both systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cdc.errors import MagentoError
from econ_client.errors import EconomicError
from mapping.profile import Profile, ProfileError, load_profile
from mapping.schema import profile_schema
from sync.check import Check
from sync.checks import check_economic
from sync.errors import ConfigError
from sync.namechecks import check_names
from sync.parts import open_economic, open_shop
from sync.profiletext import profile_text
from sync.proposal import propose
from sync.settings import Settings
from sync.storechecks import check_stores

MAGENTO, ECONOMIC = "Magento", "e-conomic"


def check_profile(settings: Settings, named: str | None = None) -> list[Check]:
    """What is wrong with a profile; the one of the settings when none is named. What cannot be asked now is said.

    Raises `ConfigError` when no profile is named at all.
    """
    name = named or settings.profile
    if not name:
        raise ConfigError("no profile is named", hint="name one: `profile check shop.yaml`, or set PROFILE")
    settings = replace(settings, profile=name)
    try:
        profile = load_profile(name)
    except ProfileError as error:
        mistakes = [Check("profile", "wrong", str(problem)) for problem in error.problems]
        later = "not asked: the profile's own mistakes come first"
        return [*mistakes, Check(MAGENTO, "unknown", later), Check(ECONOMIC, "unknown", later)]
    except OSError as error:
        raise ConfigError(f"{name}: {error.strerror or error}") from error
    return [Check("profile", "ok", name), *_magento(settings, profile), *_economic(settings, profile)]


def schema() -> dict[str, Any]:
    """The JSON Schema of a profile."""
    return profile_schema()


def first_profile(settings: Settings, say: Callable[[str], None], output: str | None = None) -> str:
    """A commented profile with the agreement's and the shop's own numbers and codes, as YAML.

    `say` is told what could not be asked, and what is to be done before the profile can be used. It is written to
    `output`, which must not exist yet, when that is given.

    Raises `ConfigError` and the errors of `econ_client.errors`.
    """
    if output is not None and Path(output).exists():
        raise ConfigError(f"{output} exists already", hint="name a file that does not, and compare the two")
    names = stores = increments = None
    if settings.database_url:
        shop = open_shop(settings)
        try:
            names, stores, increments = shop.names(), shop.stores(), shop.latest_increments()
        except MagentoError as error:
            say(f"Magento could not be asked: {error}")
        finally:
            shop.close()
    else:
        say("Magento was not asked: MAGENTO_DATABASE_URL is not set.")
    with open_economic(settings) as economic:
        proposal = propose(economic, names, stores or (), increments or {})
    for line in proposal.to_do:
        say(line)
    if output is None:
        return profile_text(proposal)
    text = profile_text(proposal, output)
    try:
        with Path(output).open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(f"{output}: {error.strerror or error}") from error
    say(f"{output} is written. Go through what is marked DECIDE, then: magento-economic profile check {output}")
    return text


def _magento(settings: Settings, profile: Profile) -> Iterator[Check]:
    if not settings.database_url:
        yield Check(MAGENTO, "unknown", "not asked: MAGENTO_DATABASE_URL is not set")
        return
    shop = open_shop(settings)
    try:
        yield from check_stores(shop, profile)
        yield from check_names(shop, profile)
    except MagentoError as error:
        yield Check(MAGENTO, "unknown" if error.retryable else "wrong", f"not asked: {error}", fix=error.hint)
    finally:
        shop.close()


def _economic(settings: Settings, profile: Profile) -> Iterator[Check]:
    if not (settings.app_secret_token and settings.agreement_grant_token):
        missing = "ECONOMIC_APP_SECRET_TOKEN" if not settings.app_secret_token else "ECONOMIC_AGREEMENT_GRANT_TOKEN"
        yield Check(ECONOMIC, "unknown", f"not asked: {missing} is not set")
        return
    with open_economic(settings) as economic:
        try:
            yield from check_economic(economic, profile)[0]
        except EconomicError as error:
            yield Check(ECONOMIC, "unknown", f"not asked: {error}")
