"""Mail (SMTP): where it is handed in, and a mailbox of our own where no mail server is set.

What the letters say is `services/digests/`.
"""
