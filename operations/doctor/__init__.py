"""``doctor``: looks for what a registration, a launch or a build would fail by; changes nothing."""
