"""Customers who come at the same time, hundreds a second, each paying some seconds later."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal

import pymysql

from cdc.connect import Connection
from sync.demo.tables import Tables
from tests.integration.pull.till import Checkout, Till

A_SECOND = 200
LONGEST_PAYMENT = 5.0


class Customers:
    """Threads that buy one or two pieces again and again, and others that let the payments come through."""

    def __init__(self, connect: Callable[[], Connection], till: Till, threads: int = 3) -> None:
        self.connect, self.till = connect, till
        self.sold = Decimal(0)
        self.errors: list[str] = []
        self.begun = 0
        self._paying: list[tuple[float, Checkout]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.done = threading.Event()
        self._pause = threading.Event()
        self._buyers = [threading.Thread(target=self._buy, args=(threads, n)) for n in range(threads)]
        self._bank = threading.Thread(target=self._pay)

    def start(self) -> None:
        """Open the doors."""
        for thread in (*self._buyers, self._bank):
            thread.start()

    def stop(self) -> None:
        """No more checkouts; every payment comes through."""
        self._stop.set()
        for thread in self._buyers:
            thread.join(20)
        self.done.set()
        self._bank.join(20)

    def _buy(self, threads: int, number: int) -> None:
        chance = random.Random(number)
        with closing(self.connect()) as connection:
            till = self.till.seen_by(Tables(connection))
            due = time.monotonic()
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                due += threads / A_SECOND
                try:
                    made = till.buy(chance.randint(1, 2))
                except pymysql.MySQLError as error:
                    self.errors.append(str(error))
                    continue
                self.begun += 1
                if made is not None:
                    with self._lock:
                        self._paying.append((time.monotonic() + chance.uniform(0, LONGEST_PAYMENT), made))

    def _pay(self) -> None:
        with closing(self.connect()) as connection:
            till = self.till.seen_by(Tables(connection))
            while True:
                now = time.monotonic()
                with self._lock:
                    due = [one for one in self._paying if one[0] <= now]
                    self._paying = [one for one in self._paying if one[0] > now]
                    left = len(self._paying)
                for _, checkout in due:
                    till.arrives(checkout)
                    self.sold += checkout.quantity
                if self.done.is_set() and not left and not due:
                    return
                self._pause.wait(0.02)
