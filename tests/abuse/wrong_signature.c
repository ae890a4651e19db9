// how: uncompiled
// says: conflicting types for
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

long bytes_decode(const char *text, size_t size, int32_t *code)
{
    return right_bytes_decode(size, text, code);
}
