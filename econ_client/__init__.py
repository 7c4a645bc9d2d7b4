"""e-conomic's REST API and nothing else: client, documents, filters, errors, pace; `sandbox` is the local server."""

import sys

# httpx imports the console program that it ships, and with it rich and pygments: 5 MB that a service never needs
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
