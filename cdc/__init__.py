"""Magento's database and nothing else: server checks, binlog, table layouts, loading what a key stands for."""

from cdc import driver

driver.load()
