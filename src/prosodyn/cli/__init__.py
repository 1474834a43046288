"""The command line: one small file per verb, each importing its room when it runs."""
