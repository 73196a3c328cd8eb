"""What every client of a running member can do: break it and bring it back."""

from __future__ import annotations

from seatrials.environment.member import Running
from seatrials.errors import NoAnswer


class Client:
    """The test's side of one running member. Stores and services add their own questions to it."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.disturbed = False
        """Whether it was broken since the last scenario began; what depends on it may still be recovering."""
        self.paused = False
        """Whether it was paused from here, so that a question can be refused instead of waiting for an answer."""

    @property
    def name(self) -> str:
        """The member's name in its system."""
        return self.running.name

    def stop(self) -> None:
        """Stop the container as an operator would; `start` brings it back with its data."""
        self.disturbed = True
        self.disconnect()
        self.running.stop()

    def kill(self) -> None:
        """End the container without warning, as a crash would."""
        self.disturbed = True
        self.disconnect()
        self.running.kill()

    def pause(self) -> None:
        """Freeze the container: other clients' connections stay open, nothing answers."""
        self.disturbed = True
        self.disconnect()
        self.running.pause()
        self.paused = True

    def resume(self) -> None:
        """Thaw a paused container."""
        self.running.resume()
        self.paused = False

    def start(self) -> None:
        """Start the container again and wait until it answers."""
        self.disconnect()  # it may have ended by itself, and its port is another one now
        self.running.start()
        self.paused = False

    def heal(self) -> bool:
        """Undo whatever a scenario broke: resume what is paused, start what is stopped; whether it had to be
        started.
        """
        state = self.running.state()
        if state == "paused":
            self.resume()
        elif state != "running":
            self.start()
            return True
        return False

    def refuse_if_paused(self) -> None:
        """Raise `NoAnswer` at once where a question could only wait for its time-out."""
        if self.paused:
            raise NoAnswer(
                f"{self.name} is paused and cannot be asked",
                cure=f"resume it first: When the {self.name} is resumed",
            )

    def no_answer(self, error: Exception) -> NoAnswer:
        """What the driver's `error` means for a person: nobody answered."""
        return NoAnswer(f"{self.name} does not answer", where=f"it is {self.running.state()}", details=str(error))

    def disconnect(self) -> None:
        """Close the connections to the container; the next question opens new ones, at the address of that moment."""
