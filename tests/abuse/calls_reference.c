// how: refused
// says: ref_bytes_decode` is the reference
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int ref_bytes_decode(size_t size, const char *text, int32_t *code);

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    return ref_bytes_decode(size, text, code);
}
