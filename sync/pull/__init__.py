"""From e-conomic into Magento: stock and product fields."""
