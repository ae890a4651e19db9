#include "tokenizer_file.h"

#include <stdlib.h>

#include "file.h"
#include "tokenizer_json.h"
#include "vocab_files.h"

static int has(const char *dir, const char *name)
{
    char *path = file_path(dir, name);
    int there = file_exists(path);
    free(path);
    return there;
}

enum err tokenizer_file_read(const char *path, struct tokenizer **t, struct error *e)
{
    static const char json[] = "tokenizer.json";
    if (!file_is_directory(path)) return tokenizer_json_read(path, t, e);
    if (has(path, json)) {
        char *inside = file_path(path, json);
        enum err code = tokenizer_json_read(inside, t, e);
        free(inside);
        return code;
    }
    // With one of the two there, the message is about the other.
    if (!has(path, VOCAB_JSON) && !has(path, MERGES_TXT))
        return error_set(e, ERR_IO, "%s: expected %s in it, or %s and %s", path, json, VOCAB_JSON,
                         MERGES_TXT);
    struct vocab *v;
    enum err code = vocab_files_read(path, &v, e);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}
