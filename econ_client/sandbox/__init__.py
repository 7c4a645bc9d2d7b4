"""The sandbox: a local HTTP server that behaves like e-conomic's REST API, oddities included.

State lives in memory. Nothing here imports the client, so that a mistake of the client is never shared.
"""

from econ_client.sandbox.agreement import Agreement
from econ_client.sandbox.app import create_app
from econ_client.sandbox.server import SandboxServer, serve

__all__ = ["Agreement", "SandboxServer", "create_app", "serve"]
