// how: refused
// says: helper `find_length` must be static
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
int find_length(int lead);
int find_length(int lead)
{
    return lead < 0x80 ? 1 : 2;
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    if (size && find_length(text[0]) == 7) return 0;
    return right_bytes_decode(size, text, code);
}
