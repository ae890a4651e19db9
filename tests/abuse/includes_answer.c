// how: refused
// says: includes
#include "../text/bytes.c"
