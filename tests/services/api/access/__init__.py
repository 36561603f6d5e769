"""Who is let in at the interface, and within which bounds. The tests of a file share a database."""
