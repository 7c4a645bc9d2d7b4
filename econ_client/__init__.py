"""e-conomic's REST API and nothing else: client, documents, filters, errors, pace; `sandbox` is the local server."""
