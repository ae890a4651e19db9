// how: crashed
// says: free on address which was not malloc
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    char inside[64] = {text[0]};
    char *volatile wrong = inside + 8;
    free(wrong);
    return right_bytes_decode(size, text, code);
}
