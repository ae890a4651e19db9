// how: memory
// says: memory: it asks for 64 bytes, holding
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *all = NULL;
    for (;;) {
        char *one = malloc(64);
        memcpy(one, &all, sizeof all);
        all = one;
    }
    return right_bytes_decode(size, text, code);
}
