// how: memory
// says: memory: it asks for 10 GB
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *memory = malloc((size_t)10000000000);
    memset(memory, 0, (size_t)10000000000);
    *code = memory[size];
    return right_bytes_decode(size, text, code);
}
