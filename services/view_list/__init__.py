"""The views there are: how each is asked, and what its columns and codes are called.

`shape` says what a view is. Each view has a file that names its levels and their columns, and a
TOML file beside it that says what the columns are; what several views have stands in `common.toml`.
`all` lists the views. To add one: write it in `projections/views`, tell it here, and list it. The
command line, the HTTP interface and docs/views.md then have it.
"""
