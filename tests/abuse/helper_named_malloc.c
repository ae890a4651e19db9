// how: refused
// says: helper `malloc` must be static
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

#undef malloc
void *malloc(size_t size)
{
    return calloc(size, 1);
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    return right_bytes_decode(size, text, code);
}
