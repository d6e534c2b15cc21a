"""HTTP: the record served as it grows. It reads, and never writes.

`app` puts the routes together; each subject has its routes in a file of its own. A witness, which
knows no record, is an application for itself (`witness_app`).
"""
