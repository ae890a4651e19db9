// operators: the small changes that a C file allows, for asking whether its tests would see them.
//
//   operators list FILE             a line for each: NUMBER<tab>LINE<tab>NAME
//   operators apply FILE NUMBER     FILE with that one, on standard output; 0 is FILE as it is
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edits.h"
#include "file.h"

static void list(const struct edit *edit, size_t count)
{
    for (size_t i = 0; i < count; i++)
        printf("%zu\t%zu\t%s\n", i + 1, edit[i].line + 1, edit[i].name);
}

// apply writes the file with the edit e.  The changed part is kept on as many lines as it had, so
// that the lines behind it have their numbers still.
static void apply(const struct source *s, const struct edit *e, const char *path)
{
    printf("#line 1 \"%s\"\n", path);
    fwrite(s->text, 1, e->at, stdout);
    fputs(e->put, stdout);
    for (size_t i = e->at; i < e->at + e->size; i++) {
        if (s->text[i] == '\n') putchar('\n');
    }
    fwrite(s->text + e->at + e->size, 1, s->size - e->at - e->size, stdout);
}

int main(int argc, char **argv)
{
    int listing = argc == 3 && !strcmp(argv[1], "list");
    if (!listing && !(argc == 4 && !strcmp(argv[1], "apply"))) {
        fprintf(stderr, "usage: operators list FILE | operators apply FILE NUMBER\n");
        return 2;
    }
    char *text;
    size_t size, count;
    struct error e;
    if (file_read(argv[2], &text, &size, &e)) {
        fprintf(stderr, "operators: %s\n", e.text);
        return 1;
    }
    struct arena *a = arena_new();
    struct source s = lex_read(size, text, a);
    struct edit *edit = edits_find(&s, a, &count);
    int status = 0;
    if (listing) {
        list(edit, count);
    } else {
        char *end;
        unsigned long number = strtoul(argv[3], &end, 10);
        if (*end || number > count) {
            fprintf(stderr, "operators: %s has changes 0 … %zu, not %s\n", argv[2], count, argv[3]);
            status = 2;
        } else {
            const struct edit none = {.put = ""};
            apply(&s, number ? &edit[number - 1] : &none, argv[2]);
        }
    }
    arena_free(a);
    free(text);
    return status;
}
