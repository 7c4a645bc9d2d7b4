"""Passwords, tokens and card columns are not even asked for: shown by the server's own log of statements."""

from __future__ import annotations

import re
from contextlib import closing

from cdc.shop import Shop
from tests.integration.cdc.load_world import World

GUARDED = (
    "password_hash rp_token rp_token_created_at confirmation cc_number_enc cc_last_4 cc_owner cc_exp_year cc_trans_id"
    " echeck_account_name additional_information protect_code remote_ip x_forwarded_for customer_dob session_cutoff"
    " comment shop_token card_number api_secret dob gender"
)


def test_guarded_columns_are_never_selected(own_world: World) -> None:
    own_world.execute(
        "ALTER TABLE sales_order ADD shop_token CHAR(9) DEFAULT 'S3CRET', ADD card_number CHAR(9) DEFAULT 'S3CRET'"
    )
    own_world.execute("ALTER TABLE sales_order_item ADD api_secret VARCHAR(9) DEFAULT 'S3CRET'")
    own_world.execute("ALTER TABLE sales_order_address ADD card_number VARCHAR(9) DEFAULT 'S3CRET'")
    own_world.execute("ALTER TABLE customer_entity ADD api_secret VARCHAR(9) DEFAULT 'S3CRET'")
    token = own_world.attribute(1, "login_token", "varchar", frontend_input="text")
    customer = own_world.tables.insert(
        "customer_entity",
        {"email": "k@example.dk", "website_id": 1, "store_id": 1, "group_id": 1, "password_hash": "S3CRET:hash"},
    )
    own_world.value("customer_entity_varchar", customer, token, "S3CRET")
    order = own_world.order(customer_id=customer)
    own_world.item(
        order, product_options='{"info_buyRequest":{"qty":1,"form_key":"S3CRET"},"giftcard_codes":["S3CRET"]}'
    )
    own_world.address(order)
    own_world.tables.insert(
        "sales_order_payment", {"parent_id": order, "method": "checkmo", "cc_last_4": "S3CRET", "cc_owner": "S3CRET"}
    )
    own_world.execute("SET GLOBAL log_output='TABLE'")
    own_world.execute("TRUNCATE mysql.general_log")
    own_world.execute("SET GLOBAL general_log=1")
    try:
        with closing(Shop(own_world.server.url(own_world.schema))) as shop:
            loaded = [shop.order(order), shop.customer(customer), shop.product(1)]
    finally:
        own_world.execute("SET GLOBAL general_log=0")
    with own_world.server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log WHERE command_type='Query'")
        statements = [str(row[0]) for row in cursor.fetchall() if "general_log" not in str(row[0])]
    assert None not in loaded
    assert "S3CRET" not in repr(loaded)
    assert any("sales_order_payment" in statement for statement in statements)
    selected = [statement for statement in statements if "information_schema" not in statement]
    for column in GUARDED.split():
        pattern = re.compile(rf"\b{column}\b")
        assert not any(pattern.search(statement) for statement in selected), column
    assert not any(re.search(r"SELECT\s+(\w+\.)?\*", statement, re.IGNORECASE) for statement in selected)
    # the guarded attribute's value row was not asked for either
    assert not any(str(token) in statement for statement in selected if "customer_entity_varchar" in statement)


def test_it_loads_with_rights_on_the_columns_it_reads_only(own_world: World) -> None:
    """A user without a right on a guarded column can load all the same."""
    own_world.order()
    user = f"'narrow_{own_world.schema}'@'127.0.0.1'"
    own_world.execute(f"CREATE USER {user} IDENTIFIED BY 'narrow'")
    try:
        with own_world.server.connect() as connection, connection.cursor() as cursor:
            cursor.execute("SET SESSION group_concat_max_len=100000")
            cursor.execute(
                "SELECT table_name, GROUP_CONCAT(column_name) FROM information_schema.columns WHERE table_schema=%s"
                " AND column_name NOT REGEXP 'password|token|^cc_|session|confirmation' GROUP BY table_name",
                (own_world.schema,),
            )
            for table, columns in cursor.fetchall():
                cursor.execute(f"GRANT SELECT ({columns}) ON {own_world.schema}.{table} TO {user}")
        url = own_world.server.url(own_world.schema, f"narrow_{own_world.schema}", "narrow")
        with closing(Shop(url)) as shop:
            order_id = own_world.order()
            assert shop.order(order_id) is not None
            assert shop.product(1) is not None
    finally:
        own_world.execute(f"DROP USER {user}")
