// how: unwritten
// says: bytes_decode: not written yet
// THE STUB
