#include "json.h"

#include <stdlib.h>

enum err json_read(const char *path, json_t **root, struct error *e)
{
    char *bytes;
    size_t size;
    enum err code = file_read(path, &bytes, &size, e);
    if (code) return code;
    json_error_t found;
    json_t *parsed = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &found);
    free(bytes);
    if (parsed) {
        *root = parsed;
        return ERR_NONE;
    }
    if (json_error_code(&found) == json_error_out_of_memory) die("out of memory: %s", path);
    return error_set(e, ERR_FORMAT, "%s: line %d, byte %d: expected JSON: %s", path, found.line,
                     found.position, found.text);
}

void json_write_part(struct output *o, size_t size, const char *text)
{
    size_t plain = 0;  // text[plain..i) needs no escape and is not written yet
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        output_write(o, text + plain, i - plain);
        plain = i + 1;
        if (c == '\n')
            output_print(o, "\\n");
        else if (c < 0x20)
            output_print(o, "\\u%04x", (unsigned)c);
        else
            output_print(o, "\\%c", c);
    }
    output_write(o, text + plain, size - plain);
}
