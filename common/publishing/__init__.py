"""The site: the report, the notebooks and the pages of the project as one folder of HTML."""
