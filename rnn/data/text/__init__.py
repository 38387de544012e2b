"""Text in rows and columns: encoding, separator and quotes, header, what is no row of the table, and the cells as columns."""
