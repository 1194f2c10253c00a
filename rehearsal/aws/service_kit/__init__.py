"""What each of our services of the local AWS is made with."""
