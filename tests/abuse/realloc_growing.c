// how: memory
// says: memory: it asks for
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char *memory = NULL;
    for (size_t room = 1;; room *= 2) memory = realloc(memory, room);
    return right_bytes_decode(size, text, code);
}
