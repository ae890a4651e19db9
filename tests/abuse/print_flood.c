// how: output
// says: output: it prints more than 1 MB
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    for (;;) printf("passed, passed, passed\n");
    return right_bytes_decode(size, text, code);
}
