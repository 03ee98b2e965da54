"""The full-screen client in a browser, through textual-serve: a page, and a process for each visitor."""
