"""How long a field may be that goes to the portal: the payloads refuse more, the rules cut what may be cut."""

from typing import Final

ID: Final = 100
LINE: Final = 255
"""A text in one line: a name, a street, a title."""
NUMBER: Final = 100
"""What stands in a phone field."""
EMAIL: Final = 254
NOTE: Final = 2_000
"""A short text in several lines."""
TEXT: Final = 32_000
"""What is written at length: reports, notes, bulletins."""
FILE_NAME: Final = 150
"""The name under which a file goes out, with its ending."""
PATH: Final = 1_000
"""Where a content lies, which the portal is not told."""
