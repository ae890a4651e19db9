// how: refused
// says: bytes_decode` is missing
#define bytes_decode ref_bytes_decode
// THE REST
