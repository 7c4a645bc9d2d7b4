"""Why a product's stock is left as it is, in words: what is so, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

ABSENT = frozenset({"only_economic", "only_magento"})
"""Standings by which nothing is wrong."""

IN_FLIGHT = "in_flight"
LOCKED = "locked"
NOT_WRITTEN = "not_written"
BY_HAND = "by_hand"
UNKNOWN = "unknown"

NO_MODULE = "the agreement has no inventory module, so e-conomic has no stock to pull"
"""Why no stock is pulled of any product."""

PUT_OFF = frozenset({IN_FLIGHT, LOCKED, NOT_WRITTEN})
"""Standings of products that are tried again by themselves."""


class Words(NamedTuple):
    """A sentence for what is so, and one for what to do about it."""

    said: str
    advice: str


WORDS: Mapping[str, Words] = {
    "only_economic": Words(
        "No product in Magento has this number.",
        "If it is sold there, give the product this SKU, or let `products.number` in the profile lead to it.",
    ),
    "only_magento": Words(
        "e-conomic has no product with this number.",
        "Its stock in Magento is left alone. Make the product in e-conomic if it is to be kept there.",
    ),
    "ambiguous_sku": Words(
        "Several products in Magento come to this number.",
        "Let one of them keep the SKU (upper and lower case, and spaces behind it, do not tell them apart).",
    ),
    "negative": Words(
        "e-conomic says a number below zero, which no shelf holds.",
        "Book the missing delivery or count the stock in e-conomic; until then Magento's number stays.",
    ),
    "fractional": Words(
        "The number has a fraction, and the product is sold in whole pieces.",
        "Set Qty Uses Decimals in Magento, or correct the stock in e-conomic.",
    ),
    "no_inventory": Words(
        "e-conomic's answer holds no stock of it.",
        "Put it into a product group that keeps stock there, if its stock is kept in e-conomic.",
    ),
    "module_off": Words(
        "The agreement has no inventory module.", "Turn on the module Lager in e-conomic, or keep stock in Magento."
    ),
    "not_kept": Words(
        "Its product group in e-conomic keeps no stock.",
        "Put it into a group that does, if its stock is kept in e-conomic.",
    ),
    "composite": Words(
        "It is made of other products, whose stock is its own.", "Keep the stock of its parts; nothing to do here."
    ),
    "not_managed": Words(
        "Magento does not manage its stock.", "Set Manage Stock to Yes in Magento if it is to run out."
    ),
    "no_stock_row": Words(
        "Magento has no stock row for it, or none in the source that holds e-conomic's stock.",
        "Save the product in Magento, or assign the source to it; or correct `stock.source`.",
    ),
    IN_FLIGHT: Words(
        "A booking that moves it is under way, so that e-conomic's number may be from before it or after.",
        "It is read again in a moment; run the command once more.",
    ),
    "too_large": Words(
        "The number is larger than Magento's column holds.",
        "Correct the stock in e-conomic; for goods that never run out set Manage Stock to No in Magento.",
    ),
    NOT_WRITTEN: Words(
        "Magento's database refused to write it.", "The log says why; it is tried again by itself, ever more rarely."
    ),
    LOCKED: Words(
        "Somebody else keeps its stock row in Magento locked.",
        "It is tried again by itself; look who holds the row (SHOW ENGINE INNODB STATUS).",
    ),
    BY_HAND: Words(
        "A person set it out of stock in Magento.",
        "Its quantity follows; it stays out of stock until a person sets it in stock.",
    ),
    UNKNOWN: Words("Neither Magento nor e-conomic has it.", "Correct the SKU."),
}


def said_of(standing: str) -> str:
    """What is so; a standing without words is named."""
    return WORDS[standing].said if standing in WORDS else f"Left as it is ({standing})."


def advice_of(standing: str) -> str:
    """What to do about it."""
    return WORDS[standing].advice if standing in WORDS else ""
