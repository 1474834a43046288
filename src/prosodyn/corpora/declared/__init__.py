"""One module per corpus; being here, with a `CORPUS`, is the registration."""
