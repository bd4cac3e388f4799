"""The example organisation: made by driving the actions that people's browsers call, with real runs in the sandbox."""
