"""What the profile's keys are: one file per section of it, read into frozen models by pydantic."""

from mapping.settings.customers import CustomerKeys as CustomerKeys
from mapping.settings.products import ProductKeys as ProductKeys
from mapping.settings.root import PER_STORE as PER_STORE
from mapping.settings.root import Settings as Settings
from mapping.settings.vat import RoundingKeys as RoundingKeys
from mapping.settings.vat import ZoneRule as ZoneRule
from mapping.settings.when import CancelledKeys as CancelledKeys
from mapping.settings.when import WhenRule as WhenRule
