"""What `roedtraad bench` measures: our way, the stock library's and the raw limit, side by side.

`measure.py` says what a measure is and runs one; `measures.py` lists them; `ingest.py` and
`views.py` hold them. `stock.py` and `limit.py` are the two others at the same work, `workload.py`
the events, `scratch.py` the databases that are made for measuring and dropped afterwards.
docs/bench.md tells what each one does and doesn't do.
"""
