"""Which kind of private server is chosen."""

from __future__ import annotations

from pathlib import Path

from sync.demo.container import ContainerMariaDB, engine_runs, throwaway_server


def test_without_an_engine_debians_server_is_taken(tmp_path: Path) -> None:
    missing = tmp_path / "docker.sock"
    assert not engine_runs(missing)
    server = throwaway_server(engine=missing)
    try:
        assert not isinstance(server, ContainerMariaDB)
    finally:
        server.remove()


def test_a_container_that_never_started_leaves_nothing() -> None:
    server = ContainerMariaDB(port=1)
    server.stop()
    server.remove()
    assert server.url("shop") == "mysql+pymysql://root@127.0.0.1:1/shop"
