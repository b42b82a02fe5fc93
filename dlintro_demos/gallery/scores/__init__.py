"""The board of a room: rounds that were played here, under names that visitors made up."""
