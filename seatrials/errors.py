"""The one error that people read: what is wrong, where, and the cure."""

from __future__ import annotations


class SeatrialsError(Exception):
    """Bad input or a broken environment, told to a person.

    `what` is one sentence without a final stop, `where` a place (a file, file:line or a declaration), `cure` what to do
    about it; `details` are further lines, such as the last log lines of a container, shown indented.
    """

    def __init__(self, what: str, *, where: str = "", cure: str = "", details: str = "") -> None:
        self.what, self.where, self.cure, self.details = what, where, cure, details
        lines = [what]
        if where:
            lines.append(f"  where: {where}")
        if cure:
            lines.append(f"  cure:  {cure}")
        if details:
            lines += ["  " + line for line in details.rstrip().splitlines()]
        super().__init__("\n".join(lines))


class NoAnswer(SeatrialsError, ConnectionError):
    """A service or store was asked and nobody answered: it is stopped, paused or on its way.

    As an `OSError` it is waited out by `eventually`.
    """
