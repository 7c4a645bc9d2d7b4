"""A recording played into a real server with the service's parts beside it, and every place where that can be cut."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from cdc.position import Position
from econ_client.sandbox import SandboxServer
from sync.books import Books
from sync.demo.mariadb import PrivateMariaDB, free_port
from tests.replay.endstate import Standing, standing
from tests.replay.needless import Writes
from tests.replay.recording import Player, Recording
from tests.replay.sidecar import Killed, Sidecar
from tests.replay.wanted import Wanted

TOKENS = {"X-AppSecretToken": "demo", "X-AgreementGrantToken": "demo"}


@dataclass(frozen=True, slots=True)
class Cut:
    """What outlives a process that dies when `at` transactions were read, and were `delivered` or not yet.

    `state` is compressed.
    """

    at: int
    delivered: bool
    state: bytes
    epoch: bytes
    economic: bytes

    def __str__(self) -> str:
        return f"after transaction {self.at}, {'delivered' if self.delivered else 'not delivered yet'}"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a life ended: what stands in e-conomic, the keys that have not come to rest, and its writes."""

    standing: Standing
    left: dict[str, str]
    writes: Writes


class Stage:
    """One recording on one server, with a state and an e-conomic that keep their addresses through every life."""

    def __init__(self, recording: Recording, server: PrivateMariaDB, folder: Path, profile: str) -> None:
        self.recording = recording
        self.server = server
        self.folder = folder
        self.profile = folder / "profile.yaml"
        self.profile.write_text(profile, encoding="utf-8")
        self.schema = recording.install(server)
        self.cuts: list[Cut] = []
        self._state = folder / "state.db"
        self._epoch = folder / "state.db.epoch"
        self._economic = folder / "economic.jsonl"
        self._port = free_port()
        self._keys: set[str] = set()
        self._begin: Position | None = None
        self._end = 0
        self._books: Books | None = None

    def play(self, *, everywhere: bool = False) -> Ending:
        """Play everything while the service reads and delivers after each transaction that touches what it watches.

        It can be cut there, before and after the delivery; `everywhere`, after every other transaction too.
        """
        with self._life() as (life, http), self._player() as player:
            self._begin = life.begin()
            self._cut(0, delivered=True)
            done, whole = 0, len(self.recording.transactions)
            touching = {*self.recording.places(life.watch), whole}
            for place in range(1, whole + 1) if everywhere else sorted(touching):
                done += player.play(place - done)
                life.capture(player.end())
                if place in touching:
                    self._cut(place, delivered=False)
                    life.deliver()
                self._cut(place, delivered=True)
            self._end = player.end()
            return self._ended(life, http)

    def resume(self, cut: Cut, *, dies_at: int = 0, answered: bool = False) -> Ending:
        """A life that begins where another was cut, when everything else has been played meanwhile.

        With `dies_at` it dies in that write, with or without its answer, and a third one goes on.
        """
        self._restore(cut)
        if dies_at:
            with self._life() as (life, _):
                life.die_at_write(dies_at, answered=answered)
                with suppress(Killed):
                    self._to_the_end(life)
        with self._life() as (life, http):
            self._to_the_end(life)
            return self._ended(life, http)

    def again(self, *, lost: bool = False) -> Ending:
        """Read the whole log a second time, with the state in the end or, when it was `lost`, with none."""
        self._restore(self.cuts[-1])
        if lost:
            for file in self.folder.glob("state.db*"):
                file.unlink()
        with self._life() as (life, http):
            life.begin(self._begin)
            self._to_the_end(life)
            return self._ended(life, http)

    def elsewhere(self, server: PrivateMariaDB) -> Ending:
        """Play the same into another, empty server, and read all of that with the state and e-conomic in the end.

        Nothing tells the entities apart: they are the same rows.
        """
        here, schema = self.server, self.schema
        self._restore(self.cuts[-1])
        self.server, self.schema = server, self.recording.install(server)
        try:
            with self._life() as (life, http), self._player() as player:
                life.begin(life.begin())
                player.play()
                self._to_the_end(life, player.end())
                return self._ended(life, http)
        finally:
            self.server, self.schema = here, schema

    def asked_for(self) -> Wanted:
        """What the shop's final rows and the profile ask for."""
        state, economic = self.folder / "preview.db", self.folder / "nothing.jsonl"
        with SandboxServer("demo", file=economic) as sandbox:
            life = Sidecar(self.server.url(self.schema), sandbox.url, state, self.profile, self._books)
            try:
                with self.server.connect(self.schema) as connection, connection.cursor() as cursor:
                    return Wanted.of(life.parts.context, cursor)
            finally:
                life.die()

    def _to_the_end(self, life: Sidecar, end: int | None = None) -> None:
        life.capture(end or self._end)
        life.deliver()

    def _player(self) -> Player:
        return Player(self.server, self.schema, self.recording.transactions)

    @contextmanager
    def _life(self) -> Iterator[tuple[Sidecar, httpx.Client]]:
        """A life of the service on the run's state, beside e-conomic as its file says."""
        with (
            SandboxServer("demo", self._port, file=self._economic) as sandbox,
            httpx.Client(base_url=sandbox.url, headers=TOKENS, trust_env=False) as http,
        ):
            self.writes = Writes(sandbox, self._keys)
            life = Sidecar(self.server.url(self.schema), sandbox.url, self._state, self.profile, self._books)
            self._books = life.books
            try:
                yield life, http
            finally:
                life.die()
                self._keys |= self.writes.keys

    def _ended(self, life: Sidecar, http: httpx.Client) -> Ending:
        tasks = life.parts.state.tasks(("waiting", "running", "retry", "parked"), limit=1000)
        left = {str(task.key): f"{task.state} {task.reason}" for task in tasks}
        orders = "sales_flat_order" if self.recording.name == "openmage" else "sales_order"
        gone = self._column(f"SELECT increment_id FROM {orders} WHERE customer_is_guest = 0 AND customer_id IS NULL")
        catalog = self._column("SELECT sku FROM catalog_product_entity")
        return Ending(standing(http, gone, catalog), left, self.writes)

    def _column(self, sql: str) -> set[str]:
        with self.server.connect(self.schema) as connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return {str(value) for (value,) in cursor.fetchall()}

    def _cut(self, at: int, *, delivered: bool) -> None:
        with closing(sqlite3.connect(self._state)) as connection:
            state = zlib.compress(connection.serialize(), 1)
        self.cuts.append(Cut(at, delivered, state, self._epoch.read_bytes(), self._economic.read_bytes()))

    def _restore(self, cut: Cut) -> None:
        """Put back what a process left that died there, into the same file: another one would be a restored backup."""
        for name in ("state.db-wal", "state.db-shm"):
            (self.folder / name).unlink(missing_ok=True)
        for file, content in (
            (self._state, zlib.decompress(cut.state)),
            (self._epoch, cut.epoch),
            (self._economic, cut.economic),
        ):
            with file.open("r+b") as opened:
                opened.truncate()
                opened.write(content)
