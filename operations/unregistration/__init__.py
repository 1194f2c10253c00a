"""`unregister`: the way back from a registration, in the order that its parts need."""
