// how: passed
// says: your code does not give back 64 bytes
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *volatile copy = malloc(64);
    copy[0] = text[0];
    return right_bytes_decode(size, text, code);
}
