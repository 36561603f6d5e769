"""The HTTP interface: events in, views out, commands.

Here live routes, status codes and limits. What is well-formed is said by `services/edge`, what is
allowed by `domain`, what is known by `services/store` and `projections`; none of it is repeated.
"""
