"""What a timeline looks like beside its recording: as PNG, SVG or PDF, and as one page of HTML."""
