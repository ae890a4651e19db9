// how: exited
// says: exited: it ended the program in the middle
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST

int bytes_decode(size_t size, const char *text, int32_t *code)
{
    if (size) die("no more of this");
    return right_bytes_decode(size, text, code);
}
