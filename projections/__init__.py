"""The views: what is kept so that questions are answered, and how each question is asked.

`facts/` holds the fact tables, one file per subject: rows that single events bring. `views/` holds
the questions, one file each, computed when asked. Nothing here knows a municipality's name, opens a
connection or commits: the caller's cursor and transaction are used. The files beside them

- bring events into rows: `table` declares and `schema` makes the tables, `copying` encodes, `batch`
  walks over events, `amendments` knows what holds, `apply` takes many in and `few` a few, `parking`
  keeps what can't be read, `tracking` says how far, `rebuild` begins anew;
- read them: `asking` is a question about a time, `answering` what a view is and gives, `selecting`
  and `identity` find rows and who is who, `paging` gives a part of a long answer.
"""
