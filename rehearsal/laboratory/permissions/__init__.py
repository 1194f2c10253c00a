"""Which act needs which permission: the lifecycle with every detour, and a table of the result."""
