"""Orders and vehicles; plans of who drives where."""
