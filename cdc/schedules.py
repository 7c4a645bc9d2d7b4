"""Adobe Commerce's scheduled updates: products whose version in force was replaced by time alone.

Facts. Content staging stores a scheduled update when it is saved, as a row of its own in catalog_product_entity with
`created_in` and `updated_in` (epoch seconds). When its time comes nothing is written to the product, so no event of the
binlog tells of it.
"""

from __future__ import annotations

from cdc.layout import Layout, Reader


def versions_turned(reader: Reader, layout: Layout, since: int | None) -> tuple[int, list[int]]:
    """The server's time now (epoch seconds), and the entity ids of products of which a version began or ended since.

    Without `since` there are none. A clock that was set back between the two gives those of the time in between.
    """
    now = int(reader.rows("SELECT UNIX_TIMESTAMP() AS now")[0]["now"])
    if since is None or since == now:
        return now, []
    span = (min(since, now), max(since, now))
    table = layout.quoted("catalog_product_entity")
    rows = reader.rows(
        f"SELECT entity_id FROM {table} WHERE created_in > %s AND created_in <= %s"  # noqa: S608  (names of the layout)
        f" UNION SELECT entity_id FROM {table} WHERE updated_in > %s AND updated_in <= %s ORDER BY entity_id",
        (*span, *span),
    )
    return now, [int(row["entity_id"]) for row in rows]
