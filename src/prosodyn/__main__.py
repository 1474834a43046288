"""Let `python -m prosodyn` be the command line."""

from prosodyn.cli.main import run

if __name__ == "__main__":  # processes that training starts import this module, too
    run()
