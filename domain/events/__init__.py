"""The catalogue: every event that there is, one class each, by stream.

To add an event: declare it in its stream's folder, add it to that file's `EVENTS` and to what the
folder exports, name it in `tests/domain/vocabulary.py`, write its golden JSON
(`python -m tests.golden_write TOPIC`), and print `docs/events.md` anew (`make docs`).
"""
