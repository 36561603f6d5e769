"""Who is let in, and how much they may ask of us: API keys, an issuer's JWTs, rates.

Nothing here knows of HTTP answers; `services/api/gate.py` turns what is said here into them.
"""
