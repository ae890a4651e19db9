// how: refused
// says: main` has no place here
#include "bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// THE REST
int main(void)
{
    return 0;
}

int bytes_decode(size_t size, const char *text, int32_t *code)
{

    return right_bytes_decode(size, text, code);
}
