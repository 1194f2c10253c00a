"""How pages reach a browser: who is let in, how they are rendered, and how they stay up to date."""
