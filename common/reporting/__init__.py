"""The HTML report: its charts, its template and its style."""
