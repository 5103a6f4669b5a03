"""`python -m animator` and the command `animator`: the command line, imported and run with little garbage
collected, because what starts makes objects that stay.
"""

from animator.garbage import collected_seldom


def main() -> None:
    """The command `animator`; leaves the process with the exit code."""
    with collected_seldom():
        from animator import cli

        cli.main()


if __name__ == "__main__":
    main()
