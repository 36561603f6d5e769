"""The official SDKs of CloudEvents as clients: Python's, and JavaScript's on a Node from PyPI."""
