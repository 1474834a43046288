"""The service, asked over real connections."""
