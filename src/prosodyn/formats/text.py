"""What a name becomes where a format cannot hold all of it."""

import re

# C0, C1 and DEL, of which some end lines and others end files, and two code points that no XML may hold
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")
_UNWRITABLE = re.compile("[\ud800-\udfff]")


def writable(text: str) -> str:
    """Return a text that UTF-8 can hold: `\N{REPLACEMENT CHARACTER}` stands for what it cannot.

    Python spells the bytes of a file's name that are not UTF-8 as lone surrogates.
    """
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def percent(share: float) -> str:
    """Write a share of one in percent; what is not certain is never written as 100.

    Examples:
        >>> percent(0.98), percent(0.998), percent(1.0)
        ('98 %', '>99 %', '100 %')
    """
    rounded = f"{100 * share:.0f} %"
    return ">99 %" if rounded == "100 %" and share < 1 else rounded


def one_line(text: str) -> str:
    r"""Return a text without control characters, on one line, its words apart by one space.

    Examples:
        >>> one_line("call\r\n\n1\t.wav ")
        'call 1 .wav'
    """
    return " ".join(_CONTROL.sub(" ", writable(text)).split())
