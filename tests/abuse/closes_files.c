// how: refused
// says: close` may not be used
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    for (int file = 0; file < 1000; file++) close(file);
    return right_bytes_decode(size, text, code);
}
