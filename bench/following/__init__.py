"""The follow-up engine beside a bare Temporal workflow, on dev servers of its own.

`bare.py` is the stock workflow, `trivial.py` the limit's. Each peer's worker is a process of its
own, as the product's is: `working.py`, led by `crew.py`. `peers.py` opens courses and pokes them,
`stage.py` sets it all up; `opening.py`, `poking.py`, `waking.py`, `memory.py`, `year.py` measure.
"""
