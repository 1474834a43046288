"""The encoders that are described here: one TOML file each. Being a file here is the registration."""
