"""Steps of the history, oldest first."""
