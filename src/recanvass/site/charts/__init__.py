"""Charts as SVG, drawn by pure functions on the server: no script, no style of their own."""
