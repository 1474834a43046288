"""A timeline as one page that needs nothing else: no script, no other file, no network."""

from collections.abc import Iterator
from html import escape

from prosodyn.formats.pictures.as_svg import timeline_svg
from prosodyn.formats.pictures.overview import Overview
from prosodyn.formats.pictures.palette import SILENCE, palette
from prosodyn.formats.pictures.ribbon import DOUBT, OPACITY, SILENT
from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.clock import clock, milliseconds
from prosodyn.formats.timelines.words import caption
from prosodyn.plots import INK, QUIET
from prosodyn.timeline import Segment, Timeline

NOTE = "An estimate: it says how a voice sounds, not what somebody feels."

# whatever a name might smuggle in, nothing is run and nothing is fetched
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

STYLE = f"""
body {{ font: 15px/1.5 system-ui, sans-serif; color: {INK}; background: #fff; margin: 2rem auto; \
max-width: 84rem; padding: 0 1rem }}
h1 {{ font-size: 1.2rem; overflow-wrap: anywhere }}
svg {{ width: 100%; height: auto; font: 13px system-ui, sans-serif }}
svg text {{ dominant-baseline: central }}
svg > text {{ fill: {INK} }}
.stretch text {{ pointer-events: none }}
.stretch:hover {{ filter: brightness(0.9) }}
.legend {{ list-style: none; display: flex; flex-wrap: wrap; gap: 0.3rem 1.4rem; padding: 0 }}
.legend i {{ display: inline-block; width: 1.6em; height: 0.8em; margin-right: 0.5em }}
.hatched {{ background: repeating-linear-gradient(-45deg, {INK} 0 2px, #fff 2px 6px) }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: 0.15rem 1.2rem 0.15rem 0; overflow-wrap: anywhere }}
td:nth-child(-n+2) {{ font-variant-numeric: tabular-nums }}
.note {{ color: {QUIET} }}
"""


def timeline_to_html(timeline: Timeline, overview: Overview | None = None, title: str = "") -> str:
    """Return a page with waveform, spectrogram and a ribbon of emotions for each speaker, and a table of all.

    Under the pointer, a stretch tells its times, its answer and all probabilities; the table tells
    the same to who cannot point, or see. matplotlib is not needed.

    Args:
        timeline: of the recording
        overview: of the same recording, however long it is; without it the page has ribbons alone
        title: one line, by default the recording's name
    """
    name = escape(one_line(title or timeline.source))
    remarks = "".join(f"<p>{escape(one_line(remark))}</p>\n" for remark in timeline.remarks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{name}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
        f"{remarks}{timeline_svg(timeline, overview)}\n{_legend(timeline)}\n{_table(timeline)}\n"
        f'<p class="note">{NOTE}</p>\n</body>\n</html>\n'
    )


def _legend(timeline: Timeline) -> str:
    plain = {one_line(label): colour for label, colour in palette(timeline.labels).items()} | {
        SILENT: SILENCE
    }
    entries = [
        *(f'<i style="background:{colour}"></i>{escape(name)}' for name, colour in plain.items()),
        f'<i class="hatched"></i>{DOUBT}',
        f'<i style="background:{INK};opacity:0.3"></i>{OPACITY}',
    ]
    return '<ul class="legend">\n' + "".join(f"<li>{entry}</li>\n" for entry in entries) + "</ul>"


def _table(timeline: Timeline) -> str:
    columns = ["start", "end", "answer", *(["speaker"] if _has_turns(timeline) else [])]
    head = "".join(f'<th scope="col">{column}</th>' for column in columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in list(_cells(segment))[: len(columns)])}</tr>\n"
        for segment in timeline.segments
    )
    return (
        f"<details>\n<summary>All segments</summary>\n<table>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</details>"
    )


def _has_turns(timeline: Timeline) -> bool:
    return any(segment.speaker for segment in timeline.segments)


def _cells(segment: Segment) -> Iterator[str]:
    yield clock(milliseconds(segment.start), ".")
    yield clock(milliseconds(segment.end), ".")
    yield caption(segment)
    yield one_line(segment.speaker)
