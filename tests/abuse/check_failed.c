// how: crashed
// says: a check stopped it (abort)
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    CHECK(size > 1000, "size=%zu", size);
    return right_bytes_decode(size, text, code);
}
