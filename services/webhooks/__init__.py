"""Webhooks: what is stored, sent on to other systems' own addresses.

Begin reading at `delivering.py`. When and how often it is tried is kept in the database, so that
Temporal, which waits and tries again, can be lost.
"""
