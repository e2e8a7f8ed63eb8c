//! H7: dumps with addresses, wrapped and coloured lines, and byte lists hide no secret.
