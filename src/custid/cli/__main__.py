"""Runs the command line: ``python -m custid.cli``."""

from custid.cli import main

if __name__ == "__main__":
    main()
