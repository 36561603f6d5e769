"""The trial of thirteen municipalities, made up as events that their systems would have sent.

Here lives what invents the demo; municipalities' names may stand here. Nothing here is read by
`domain`, `workflows` or `projections`: the demo enters as files, by the ordinary path.
"""

from services.demo.personal import personal_strings
from services.demo.writer import generate

__all__ = ["generate", "personal_strings"]
