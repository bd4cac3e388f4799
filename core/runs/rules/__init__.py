"""The law of runs: states, leases, who comes next, how a plan and an answer are stored. Pure functions."""
