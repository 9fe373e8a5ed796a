"""What GRODIN's scores cost in PyTorch, in the ways in which people write them."""
