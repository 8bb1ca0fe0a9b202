"""What generated code does, in every order in which things can happen."""
