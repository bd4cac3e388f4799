"""Large files outside the database: the contract, the disk it stands on, and the one that this process uses."""
