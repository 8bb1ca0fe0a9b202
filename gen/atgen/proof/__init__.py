"""What generated code does, in the orders in which things can happen."""
