"""The runner: executes programs in the sandbox, or says why it cannot."""
