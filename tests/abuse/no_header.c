// how: uncompiled
// says: conflicting types for
// Without its contract a file could have any signature: the grader puts the contract before it.
long bytes_decode(const char *text, long size, int *code)
{
    return text[0] + size + *code;
}
