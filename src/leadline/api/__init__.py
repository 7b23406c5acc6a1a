"""The HTTP edge: routes with declared policies, ready bytes, streams, and the web app's files.

`services.ApiServices` is what it needs, `app.create_app` makes the application, `server.serve` runs it.
"""
