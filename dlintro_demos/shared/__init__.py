"""What two demos or more need."""
