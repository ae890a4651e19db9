#include "tokenizer_file.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "gguf.h"
#include "tokenizer_bin.h"
#include "tokenizer_gguf.h"
#include "tokenizer_json.h"
#include "vocab_files.h"

static int has(const char *dir, const char *name)
{
    char *path = file_path(dir, name);
    int there = file_exists(path);
    free(path);
    return there;
}

static int ends_in(const char *path, const char *end)
{
    size_t size = strlen(path), n = strlen(end);
    return size >= n && strcmp(path + size - n, end) == 0;
}

// read_inside reads dir/name, a file of that kind.
static enum err read_inside(const char *dir, const char *name,
                            enum err (*read)(const char *, struct tokenizer **, struct error *),
                            struct tokenizer **t, struct error *e)
{
    char *path = file_path(dir, name);
    enum err code = read(path, t, e);
    free(path);
    return code;
}

enum err tokenizer_file_read(const char *path, struct tokenizer **t, struct error *e)
{
    static const char json[] = "tokenizer.json", bin[] = "tokenizer.bin";
    if (gguf_is(path)) return tokenizer_gguf_open(path, t, e);
    if (!file_is_directory(path))
        return (ends_in(path, ".bin") ? tokenizer_bin_read : tokenizer_json_read)(path, t, e);
    if (has(path, json)) return read_inside(path, json, tokenizer_json_read, t, e);
    // With one of the two there, the message is about the other.
    if (!has(path, VOCAB_JSON) && !has(path, MERGES_TXT)) {
        if (has(path, bin)) return read_inside(path, bin, tokenizer_bin_read, t, e);
        return error_set(e, ERR_IO, "%s: expected %s in it, or %s and %s, or %s", path, json,
                         VOCAB_JSON, MERGES_TXT, bin);
    }
    struct vocab *v;
    enum err code = vocab_files_read(path, &v, e);
    if (!code) *t = tokenizer_of_bpe(v);
    return code;
}
