"""The experiments that ship with the package: one TOML file each, only what differs from the defaults."""
