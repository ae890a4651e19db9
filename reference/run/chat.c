#include "chat.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

// read_turn gives the writer a person's line, and at the beginning what stands before all turns.
static enum err read_turn(struct writer *w, const struct chat *c, int first, const char *line,
                          struct error *e)
{
    const char *part[] = {first ? c->system : "", c->user, line, c->reply};
    size_t size = 1;
    for (int i = 0; i < 4; i++) size += strlen(part[i]);
    char *all = calloc(1, size);
    if (!all) die("out of memory: %zu bytes", size);
    for (int i = 0; i < 4; i++) strcat(all, part[i]);
    enum err code = *all ? writer_read(w, all, e) : ERR_NONE;
    free(all);
    return code;
}

// next_line shows the prompt and reads a line into *line, without its end.  Returns whether there
// is one.
static int next_line(const char *prompt, FILE *in, FILE *out, char **line, size_t *room)
{
    fputs(prompt, out);
    fflush(out);
    ssize_t n = getline(line, room, in);
    if (n > 0 && (*line)[n - 1] == '\n') (*line)[n - 1] = 0;
    return n >= 0 && strcmp(*line, "/quit") != 0;
}

enum err chat_run(const struct gpt *m, const struct tokenizer *tok, const struct chat *c,
                  const char *prompt, FILE *in, FILE *out, FILE *err, struct error *e)
{
    struct writer *w = writer_new(m, tok, &c->writing);
    char *line = NULL;
    size_t room = 0;
    int turns = 0, forgotten = 0;
    enum err code = ERR_NONE;
    while (!code && !ferror(out) && next_line(prompt, in, out, &line, &room)) {
        if (strcmp(line, "/reset") == 0) {
            writer_reset(w);
            turns = forgotten = 0;
            continue;
        }
        struct error wrong = {.text = ""};
        code = read_turn(w, c, turns == 0, line, &wrong);
        if (!code) code = writer_write(w, out, &wrong);
        if (!code) turns++;
        if (code && code != ERR_FORMAT) {
            // The person's to mend, and not the end of it.
            fprintf(err, "gpt: this line: %s\n", wrong.text);
            code = ERR_NONE;
            continue;
        }
        if (code && e) *e = wrong;
        fputc('\n', out);
        if (writer_forgotten(w) && !forgotten++)
            fprintf(err, "gpt: the context is full: the beginning of the text is forgotten\n");
    }
    free(line);
    writer_free(w);
    return code;
}
