"""Documents are read back: Word, Excel, PDF text, codes on rendered pages."""
