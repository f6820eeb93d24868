"""The book's programs, one package a chapter."""
