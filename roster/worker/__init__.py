"""Takes jobs and does them. A process of its own: it loads OR-Tools, and the web process never does."""
