// how: refused
// says: bytes_decode` is missing
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

#define bytes_decode bytes_decode_of_my_own
static int bytes_decode(size_t size, const char *text, int32_t *code)
{
    return right_bytes_decode(size, text, code);
}
