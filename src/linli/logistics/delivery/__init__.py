"""Orders, vehicles and docks; plans of who drives where."""
