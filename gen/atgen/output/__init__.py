"""From texts to files: all of a run or nothing, and never over a person's work."""
