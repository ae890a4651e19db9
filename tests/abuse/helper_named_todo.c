// how: refused
// says: helper `todo` must be static
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
void todo(const char *file, int line, const char *function);
void todo(const char *file, int line, const char *function)
{
    printf("%s:%d: %s\n", file, line, function);
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{

    return right_bytes_decode(size, text, code);
}
