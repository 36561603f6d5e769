"""The daily letter (*dagligt brev*) to each person with what lies with them.

What lies with whom is the worklist's to say, and the engine's of what is coming. Addresses are what
the events tell of the person, sealed under them until the letter is written.
"""
