"""The way out: a municipality's log as others may read it, by ids and clear codes only.

Begin reading at `shown.py`.
"""
