"""Logins that servers ask for today, and TLS: on the binlog's connection and on the one that loads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pymysql
import pytest

from cdc.binlog import BinlogReader
from cdc.connect import Database, connect
from cdc.errors import BadServerSettings, LoginRefused, MagentoError
from sync.demo.mariadb import PrivateMariaDB
from tests.integration.cdc.binlog_world import Shop, small_shop
from tests.servers import CHOSEN, IS_MYSQL, dialect, mariadb_only, mysql_only, private_server, thorough
from tests.servers.certificates import Authority

pytestmark = pytest.mark.skipif(CHOSEN.startswith("docker:"), reason="needs files beside the server")
PASSWORD = "lang og hemmelig"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"), "ours")


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[PrivateMariaDB]:
    options = [*authority.server_options("127.0.0.1"), *([] if IS_MYSQL else ["--plugin-load-add=auth_ed25519"])]
    with private_server(options) as private:
        with closing(private.connect()) as connection:
            dialect.new_database(connection, "shop")
            with small_shop(private, "shop"):
                pass
        yield private


@pytest.fixture
def shop(server: PrivateMariaDB) -> Iterator[Shop]:
    with closing(server.connect("shop")) as connection:
        dialect.run(connection, "DROP TABLE IF EXISTS " + ", ".join(dialect.tables(connection)))
        with small_shop(server, "shop") as made:
            yield made


def user(shop: Shop, how: str) -> str:
    """A user with every right who logs in this way; the URL."""
    dialect.run(shop.connection, "DROP USER IF EXISTS reader@'127.0.0.1'")
    dialect.run(shop.connection, f"CREATE USER reader@'127.0.0.1' {how}")
    dialect.run(shop.connection, "GRANT ALL ON *.* TO reader@'127.0.0.1'")
    return shop.server.url("shop", "reader", PASSWORD.replace(" ", "%20"))


def reads(shop: Shop, database: Database) -> None:
    """Both kinds of connection work."""
    with closing(connect(database)) as connection:
        assert dialect.one(connection, "SELECT CURRENT_USER()") == "reader@127.0.0.1"
    number = int(dialect.one(shop.connection, "SELECT COUNT(*) FROM sales_order")) + 1
    with shop.following(url=database) as follower:
        shop.run(f"INSERT INTO sales_order (entity_id) VALUES ({number})")
        follower.until(lambda: [key.id for key in follower.keys] == [str(number)])


def refused(shop: Shop, database: Database) -> MagentoError:
    """Both kinds of connection are refused, with the same words."""
    with pytest.raises(MagentoError) as loading:
        connect(database)
    with pytest.raises(MagentoError) as reading:
        BinlogReader(database, shop.watch).position()
    assert str(loading.value) == str(reading.value)
    assert PASSWORD not in f"{loading.value!r} {loading.value.hint}"
    return loading.value


LOGINS = [
    pytest.param(f"IDENTIFIED WITH caching_sha2_password BY '{PASSWORD}'", marks=mysql_only),
    pytest.param(f"IDENTIFIED WITH sha256_password BY '{PASSWORD}'", marks=mysql_only),
    pytest.param(f"IDENTIFIED VIA ed25519 USING PASSWORD('{PASSWORD}')", marks=mariadb_only),
    pytest.param(f"IDENTIFIED VIA mysql_native_password USING PASSWORD('{PASSWORD}')", marks=mariadb_only),
]


@pytest.mark.parametrize("how", LOGINS)
@pytest.mark.parametrize("verified", [True, False], ids=["verified", "unverified"])
def test_each_login_works_over_tls(shop: Shop, authority: Authority, how: str, verified: bool) -> None:
    url = user(shop, how)
    ca = str(authority.file) if verified else None
    with closing(connect(Database.parse(url, tls_ca=ca))) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        assert (cursor.fetchone() or ("", ""))[1]
    reads(shop, Database.parse(url, tls_ca=ca))


@thorough
@pytest.mark.parametrize("how", LOGINS)
def test_each_login_works_without_tls(how: str) -> None:
    none = "--tls-version=" if "WITH" in how else "--skip-ssl"
    with private_server([none]) as server, closing(server.connect()) as connection:
        dialect.new_database(connection, "shop")
        with small_shop(server, "shop") as shop:
            if "ed25519" in how:
                shop.run("INSTALL SONAME 'auth_ed25519'")
            database = Database.parse(user(shop, how))
            reads(shop, database)
            reads(shop, database)  # the server remembers the password of caching_sha2_password
            error = refused(shop, Database.parse(shop.server.url("shop"), tls_ca="/etc/ssl/certs/ca-certificates.crt"))
    assert isinstance(error, BadServerSettings)
    assert "offers no TLS" in str(error)


def test_a_certificate_that_cannot_be_trusted_is_refused(shop: Shop, authority: Authority, tmp_path: Path) -> None:
    url = user(shop, f"IDENTIFIED BY '{PASSWORD}'")
    other = refused(shop, Database.parse(url, tls_ca=str(Authority(tmp_path, "another").file)))
    assert isinstance(other, BadServerSettings)
    assert "cannot be verified" in str(other)
    name = refused(shop, Database.parse(url.replace("127.0.0.1", "localhost"), tls_ca=str(authority.file)))
    assert isinstance(name, BadServerSettings)
    assert "localhost" in str(name)
    missing = refused(shop, Database.parse(url, tls_ca=str(tmp_path / "nowhere.pem")))
    assert isinstance(missing, BadServerSettings)
    assert "nowhere.pem" in str(missing)
    reads(shop, Database.parse(url, tls_ca=str(authority.file)))


def test_a_user_that_must_use_tls_may_not_come_without(shop: Shop) -> None:
    url = user(shop, f"IDENTIFIED BY '{PASSWORD}' REQUIRE SSL")
    reads(shop, Database.parse(url))


def test_a_wrong_password_is_a_refused_login(shop: Shop) -> None:
    url = user(shop, "IDENTIFIED BY 'another'")
    assert isinstance(refused(shop, Database.parse(url)), LoginRefused)


@mariadb_only
def test_a_login_that_nobody_speaks_is_named(shop: Shop) -> None:
    try:
        dialect.run(shop.connection, "INSTALL SONAME 'auth_parsec'")
    except pymysql.MySQLError as missing:
        pytest.skip(f"this server has no such plugin: {missing.args[0]}")
    url = user(shop, f"IDENTIFIED VIA parsec USING PASSWORD('{PASSWORD}')")
    error = refused(shop, Database.parse(url))
    assert isinstance(error, LoginRefused)
    assert "parsec" in str(error)
