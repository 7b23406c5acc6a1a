"""The composition root: settings become adapters, adapters become services. Nothing else builds either.

`data` is all that answers need, `api` adds what the page needs: a worker does not load the web.
"""
