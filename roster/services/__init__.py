"""Use cases: check, change, refuse. No Flask; database session, actor and now are arguments."""
