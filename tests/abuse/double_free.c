// how: crashed
// says: a check stopped it (abort)
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *copy = malloc(64);
    copy[40] = size ? text[0] : 0;
    free(copy);
    char *volatile again = copy;
    free(again);
    return right_bytes_decode(size, text, code);
}
