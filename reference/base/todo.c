#include "todo.h"

#include "error.h"

void todo(const char *file, int line, const char *function)
{
    die("%s:%d: %s is not written yet", file, line, function);
}
