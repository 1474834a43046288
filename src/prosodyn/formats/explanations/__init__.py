"""Why an answer was given, as JSON and as a picture."""
