"""The follow-up engine as one whole: what ends open depends on facts alone, whatever goes wrong."""
