"""Data that cannot be mapped, though nobody foresaw why: it parks, and never ends a reconcile with an error."""

from __future__ import annotations

from pydantic import ValidationError

from mapping.plan import Parked

ODD = (ArithmeticError, ValueError, TypeError, LookupError, AttributeError)


def odd(role: str, error: Exception) -> Parked:
    """The parking of a role whose data cannot be mapped."""
    what = type(error).__name__
    if isinstance(error, ValidationError):
        what = ", ".join(".".join(str(step) for step in found["loc"]) for found in error.errors(include_url=False))
    return Parked(role, "odd_order", f"the order holds something that cannot be mapped ({what}); look at it in Magento")
