"""One network in three frameworks; imported one by one, where a framework is installed."""
