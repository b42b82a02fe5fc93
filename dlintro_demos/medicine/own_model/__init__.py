"""A picture classifier that an operator brings: judged as the gallery's own are, from labelled pictures."""
