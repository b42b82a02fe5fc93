"""Scripts that measure speed and quality, side by side with peers."""

import dlintro_demos  # noqa: F401 - says how torch's threads wait, before torch loads
