"""Pure functions from Magento entities, a profile and the agreement's facts to the documents that should exist."""
