"""From an experiment and a training side to a bundle, and the benchmark over a protocol's folds."""
