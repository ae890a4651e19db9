// how: refused
// says: variable `calls` must be static
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
int calls;
int bytes_decode(size_t size, const char *text, int32_t *code)
{
    calls++;
    return right_bytes_decode(size, text, code);
}
