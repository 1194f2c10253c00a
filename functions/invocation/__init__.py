"""What every invocation of a function has: a deadline and the tools made once per process."""
