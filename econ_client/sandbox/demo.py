"""`?demo=true`: reading without tokens, and links that go on that way.

Documented: the parameter works for GET and is handed on to every link of the answer.
"""

from __future__ import annotations

from typing import Any


def asked(query: dict[str, str]) -> bool:
    """Whether the query asks for the demo agreement."""
    return query.get("demo", "").lower() == "true"


def handed_on(value: Any, base: str) -> Any:
    """A copy in which every link to this server carries `demo=true`."""
    if isinstance(value, dict):
        return {name: handed_on(item, base) for name, item in value.items()}
    if isinstance(value, list):
        return [handed_on(item, base) for item in value]
    if isinstance(value, str) and value.startswith(f"{base}/") and "demo=true" not in value:
        return f"{value}{'&' if '?' in value else '?'}demo=true"
    return value
