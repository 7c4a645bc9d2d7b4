"""Invented Danish customers and what they put into their carts, drawn from a seeded generator."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from sync.demo.cart import Cart, CartItem
from sync.demo.catalog import ARTICLES, COUPONS, DELIVERIES, PAYMENTS, Article

_FIRST_NAMES = """
Mette Søren Anne Lars Kirsten Jens Hanne Peter Åse Rasmus Ida Frederik Sofie Jørgen Bodil Øjvind Freja Mikkel Signe
Torben Karen-Margrethe Anders Liv Bjørn Astrid Noah Gry Aksel
"""
_LAST_NAMES = """
Nørgård Sørensen Kjær Østergaard Bjerregaard Holm Dahl Ravn Skov Lindqvist Møller-Poulsen Åkjær Brandt Thygesen
Winther Degn Friis Juhl Krogh Lund Bæk Vestergaard
"""
_FIRST, _LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
_ASCII = str.maketrans("æøå", "eoa")
_STREETS = (
    "Ahornvej",
    "Brogade",
    "Engblommevej",
    "Fyrrebakken",
    "Gammel Møllevej",
    "Havnegade",
    "Kirkestræde",
    "Lærkevej",
    "Nørre Allé",
    "Plantagevej",
    "Rådhusgade",
    "Skolebakken",
    "Søndre Ringvej",
    "Østre Strandvej",
)
_TOWNS = (
    ("2100", "København Ø"),
    ("2720", "Vanløse"),
    ("3000", "Helsingør"),
    ("4000", "Roskilde"),
    ("5000", "Odense C"),
    ("6400", "Sønderborg"),
    ("6760", "Ribe"),
    ("7100", "Vejle"),
    ("8000", "Aarhus C"),
    ("8900", "Randers C"),
    ("9000", "Aalborg"),
    ("9990", "Skagen"),
)
_FLOORS = ("st. th.", "1. tv.", "2. th.", "3. mf.", "4. tv.")
_TRADES = ("Tømrer & Snedker", "Blomster", "Café", "Malerfirma", "Rengøring", "Vinhandel")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with one address. `street` holds its lines; `country` is ISO 3166 alpha-2."""

    email: str
    firstname: str
    lastname: str
    street: tuple[str, ...]
    postcode: str
    city: str
    country: str = "DK"
    telephone: str = ""
    company: str = ""
    vat_id: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.firstname} {self.lastname}"


def random_person(rng: random.Random, *, business: bool = False) -> Person:
    """Somebody new; `business` gives a company with a CVR number of the right form."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    postcode, city = rng.choice(_TOWNS)
    street = [f"{rng.choice(_STREETS)} {rng.randint(1, 180)}{rng.choice(['', '', '', 'A', 'B'])}"]
    if rng.random() < 0.4:
        street.append(rng.choice(_FLOORS))
    local = f"{first}.{last}".lower().translate(_ASCII)
    return Person(
        email=f"{local}.{rng.randrange(16**6):06x}@example.com",
        firstname=first,
        lastname=last,
        street=tuple(street),
        postcode=postcode,
        city=city,
        telephone=f"{rng.randint(20, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)} {rng.randint(10, 99)}",
        company=f"{last}s {rng.choice(_TRADES)} ApS" if business else "",
        vat_id=f"DK{rng.randint(10_000_000, 45_000_000)}" if business else "",
    )


def random_cart(rng: random.Random) -> Cart:
    """A cart of one to five articles, sometimes with a coupon; about one in twenty holds only a service."""
    if rng.random() < 0.05:
        articles = [article for article in ARTICLES if article.type == "virtual"]
    else:
        visible = [article for article in ARTICLES if article.visible]
        articles = rng.sample(visible, rng.choice([1, 1, 1, 2, 2, 3, 4, 5]))
    coupon = rng.choice(["SOMMER10", "FAST50", "VENNER15"]) if rng.random() < 0.3 else ""
    return Cart(
        items=tuple(_item(rng, article) for article in articles),
        coupon=COUPONS.get(coupon),
        delivery=DELIVERIES[rng.choice([*DELIVERIES, "flatrate_flatrate"])],
        payment=rng.choice(list(PAYMENTS)),
    )


def _item(rng: random.Random, article: Article) -> CartItem:
    if article.decimal_qty:
        return CartItem(article, Decimal(rng.randint(1, 20)) / 2)
    choice = rng.choice(list(article.parts)) if article.type == "configurable" else ""
    return CartItem(article, Decimal(rng.choice([1, 1, 1, 1, 2, 2, 3, 4, 7, 12])), choice)
