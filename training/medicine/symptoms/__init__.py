"""Train the head that matches complaints to patterns and notices emergencies."""
