"""Records the console's pages while a play goes on, and writes one file that replays them."""
