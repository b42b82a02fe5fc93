"""The scripts that train our networks and print the figures on their cards."""

import dlintro_demos  # noqa: F401 - says how torch's threads wait, before torch loads
