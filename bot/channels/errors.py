"""The world's errors on a channel: what kind it is decides what the outbox does. No retry logic here."""


class ChannelError(Exception):
    """A message could not be handed to the channel."""

    retry = False


class TryAgain(ChannelError):
    """The channel is slow, down or asks us to wait (`after` seconds, None: as the outbox likes). Nothing is lost: try later."""

    retry = True

    def __init__(self, message: str = "", after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class PersonGone(ChannelError):
    """The person blocked us or the chat is gone. Do not try again; staff see that the person can't be reached here."""


class OurFault(ChannelError):
    """The channel refused what we sent (malformed, too long, bad token). Trying again is no use; an operator has to look."""
