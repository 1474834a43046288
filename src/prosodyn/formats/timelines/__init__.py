"""What a recogniser says moment by moment, as text that other programs read: one file a format."""
