"""Where people work: domains of Studio and the user profiles in them."""
