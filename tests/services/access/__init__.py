"""Who is let in: keys, issuers, rates."""
