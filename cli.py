"""The command line."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Keep e-conomic in step with a Magento shop, straight from its binlog."""
