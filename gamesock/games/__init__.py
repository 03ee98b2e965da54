"""The bundled games. Each is found through its entry point, as anyone's game is, and imported when played."""
