"""Taking in what others saved of the site: pages, PDFs, WARC and WACZ files."""
