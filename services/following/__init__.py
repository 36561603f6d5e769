"""What the follow-up engine's processes share: the streams there are, what is new, who was poked.

The engine itself is `services/follow_ups.py`; `services/dispatcher.py` pokes, `services/worker.py`
runs what was poked.
"""
