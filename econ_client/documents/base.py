"""What all documents have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Wire(BaseModel):
    """Base of everything on the wire: frozen, camelCase aliases, unknown properties ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True)


class Linked(Wire):
    """Something that e-conomic answers with its own address; `link` is preferred to an address made here."""

    link: str | None = Field(default=None, alias="self")
