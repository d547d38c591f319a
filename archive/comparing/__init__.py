"""What differs between two of a kind: readings, texts, PDFs, pages. Pure: values in, values out."""
