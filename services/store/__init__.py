"""The event store: one schema, lock, set of keys and log for each municipality.

`server.py` opens a database, `municipality.py` is what the rest of the program talks to. How an
event gets there: `translate.py` (ids and seals), `writing.py` (lock, duplicates, versions),
`recorder.py` and `mapper.py` (the library's, made ours).
"""
