"""The catalogue: every event that there is, one class each, by stream.

To add an event: declare it in its stream's file, add it to that file's `EVENTS`, write its golden
JSON (`make golden`), and print `docs/events.md` anew (`make docs`).
"""
