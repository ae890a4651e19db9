// how: uncompiled
// says: error: expected
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    return right_bytes_decode(size, text, code)
}
