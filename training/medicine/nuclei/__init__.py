"""Making the network that finds nuclei."""
