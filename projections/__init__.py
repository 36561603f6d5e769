"""The views: what is kept so that questions are answered, and how each question is asked.

`facts/` holds the fact tables, one file per subject: rows that single events bring. `views/` holds
the questions, one file each, computed when asked. The files beside them bring events into rows:
`table` declares, `copying` encodes, `amendments` knows what holds, `apply` takes a batch in,
`tracking` says how far, `rebuild` begins anew, `asking` reads. Nothing here knows a municipality's
name, opens a connection or commits: the caller's cursor and transaction are used.
"""
