"""Letters: what the outbox says, in the reader's language. Facts in, words out; the worker sends, pages show."""
