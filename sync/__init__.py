"""Joins Magento and e-conomic: state, tasks, links, reconcile, service, HTTP."""
