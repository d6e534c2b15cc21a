"""The command line: every command is a short walk over the record, and one table at the end."""
