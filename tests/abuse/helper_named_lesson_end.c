// how: refused
// says: helper `lesson_end` must be static
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
void lesson_end(void);
void lesson_end(void)
{
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{

    return right_bytes_decode(size, text, code);
}
