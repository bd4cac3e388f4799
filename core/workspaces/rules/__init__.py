"""Law of workspaces: what an update may hold, what a path may be, which files a tree means. Pure."""
