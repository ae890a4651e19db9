// how: refused
// says: bytes_decode` is missing
