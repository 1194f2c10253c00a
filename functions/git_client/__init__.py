"""Writes to git repositories over smart HTTP, without git: objects, pack, push."""
