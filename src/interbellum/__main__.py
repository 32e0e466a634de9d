"""`python -m interbellum` is the command line."""

from interbellum.cli.main import main

if __name__ == "__main__":
    main(prog_name="interbellum")
