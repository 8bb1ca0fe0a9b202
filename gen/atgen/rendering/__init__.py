"""From a Case to texts: the plan, what templates see of it, and the languages."""
