"""Orders with their documents worked out by hand, a table for each topic."""
