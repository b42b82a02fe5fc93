"""The only doors for what visitors bring: pictures, videos, archives, names."""
