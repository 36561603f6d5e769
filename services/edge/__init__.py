"""The edge: bytes that were sent become validated events, or problems that say what to mend.

Here live the forms of what is *sent* (pydantic, JSON, CloudEvents) and nothing else: no database,
no web framework, no clock. What the events mean is the domain's; who may send is the API's.
"""
