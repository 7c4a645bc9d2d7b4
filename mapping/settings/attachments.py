"""The shop's own file on a draft invoice."""

from __future__ import annotations

from typing import Literal

from mapping.fields import FieldSpec
from mapping.settings.keys import Keys


class AttachmentKeys(Keys):
    """`invoice` is the name of a PDF below the folder that ATTACHMENTS names; unset: nothing is attached.

    `missing`: while the file is not there the invoice waits to be booked, or goes on without it.
    """

    invoice: FieldSpec | None = None
    missing: Literal["wait", "ignore"] = "wait"
