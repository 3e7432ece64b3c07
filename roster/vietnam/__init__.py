"""Facts of the country: how its names sort, when its offices open, how its phone numbers are written."""
