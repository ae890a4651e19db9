#include "cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

static char *numbered(const char *entry, size_t number)
{
    char name[32];
    snprintf(name, sizeof name, "%zu", number);
    return file_path(entry, name);
}

// quietly runs a command of ours with `entry` and `scratch` as $1 and $2; returns 1 if it is fine.
static int quietly(const char *command, const char *entry, const char *scratch)
{
    size_t size = strlen(command) + strlen(entry) + strlen(scratch) + 32;
    char *whole = malloc(size);
    if (!whole) die("out of memory: a command of %zu bytes", size);
    snprintf(whole, size, "set -- '%s' '%s'\n%s", entry, scratch, command);
    struct outcome o;
    shell_run(".", whole, 0, 60, &o);
    free(o.output);
    free(whole);
    return o.status == 0;
}

int cache_find(const char *entry)
{
    return file_is_directory(entry);
}

int cache_load(const char *entry, size_t number, struct outcome *o)
{
    char *path = numbered(entry, number), *bytes;
    size_t size;
    enum err failed = file_read(path, &bytes, &size, NULL);
    free(path);
    if (failed) return 0;
    // The first line is the status, the rest the output.
    char *end;
    long status = strtol(bytes, &end, 10);
    if (end == bytes || *end != '\n') {
        free(bytes);
        return 0;
    }
    size -= (size_t)(end + 1 - bytes);
    *o = (struct outcome){.status = (int)status, .output = bytes, .size = size};
    memmove(bytes, end + 1, size + 1);
    return 1;
}

int cache_restore(const char *entry, const char *scratch)
{
    return quietly("tar -xpf \"$1/state.tar\" -C \"$2\"", entry, scratch);
}

static int save_outcome(const char *entry, size_t number, const struct outcome *o)
{
    char *path = numbered(entry, number);
    struct output *out;
    enum err failed = output_open(path, &out, NULL);
    if (!failed) {
        output_print(out, "%d\n", o->status);
        output_write(out, o->output, o->size);
        failed = output_commit(out, NULL);
    }
    free(path);
    return !failed;
}

void cache_save(const char *entry, size_t n, const struct outcome *o, const char *scratch)
{
    size_t size = strlen(entry) + 5;
    char *fresh = malloc(size);
    if (!fresh) die("out of memory: %zu bytes", size);
    snprintf(fresh, size, "%s.new", entry);
    // Renamed when whole: an entry that is there can be trusted.
    int fine = quietly("rm -rf \"$1\" && mkdir -p \"$1\"", fresh, scratch);
    for (size_t i = 0; i < n && fine; i++) fine = save_outcome(fresh, i, &o[i]);
    fine = fine && quietly("mkdir -p \"$2/runs\" \"$2/datasets\" &&"
                           "tar -cf \"$1/state.tar\" -C \"$2\" runs datasets",
                           fresh, scratch);
    if (fine) rename(fresh, entry);
    free(fresh);
}
