// how: crashed
// says: it calls itself without end
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

static int deeper(int n)
{
    volatile char room[100] = {(char)n};
    return deeper(n + 1) + room[n % 100];
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    *code = deeper(0);
    return right_bytes_decode(size, text, code);
}
