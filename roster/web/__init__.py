"""Pages: thin blueprints that read input, call one service, commit and answer."""
