"""What goes wrong is said in one sentence, with its remedy in another."""


class Problem(Exception):
    """A failure that the reader can mend.

    >>> print(Problem("Port 8069 is taken.", "Choose another: setup/run --port 8070"))
    Port 8069 is taken.
      Remedy: Choose another: setup/run --port 8070
    """

    def __init__(self, what: str, remedy: str):
        super().__init__(what)
        self.what = what
        self.remedy = remedy

    def __str__(self):
        return f"{self.what}\n  Remedy: {self.remedy}"
