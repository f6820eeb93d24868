"""This package makes the HTML report: its charts, its template and its style."""
