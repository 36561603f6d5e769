"""Fact tables, one file per subject. A row comes from one event; nothing is computed here.

To add a fact table: declare a `FactTable`, say with `row_from` which events bring its rows, and
list it in its file's `ALL`, and a new file's `ALL` in `all.py`. Databases are filled with it at the
next start, by themselves.
"""
