#include "blocks.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"

char **blocks_split(size_t size, char *text, struct arena *a, size_t *count)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) n += text[i] == '\n';
    char **line = arena_alloc(a, (n + 1) * sizeof *line);
    *count = 0;
    for (char *at = text, *end = text + size; at < end;) {
        line[(*count)++] = at;
        char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop) break;
        *stop = 0;
        at = stop + 1;
    }
    return line;
}

// fence returns how many fence characters a line begins with (at least 3, else 0), and which.
static size_t fence(const char *line, char *kind)
{
    line += strspn(line, " ");
    *kind = *line;
    if (*kind != '`' && *kind != '~') return 0;
    const char of[] = {*kind, 0};
    size_t n = strspn(line, of);
    return n < 3 ? 0 : n;
}

// closes: whether a line closes a fence of n characters `kind`.
static int closes(const char *line, size_t n, char kind)
{
    char own;
    size_t m = fence(line, &own);
    line += strspn(line, " ");
    return m >= n && own == kind && line[m + strspn(line + m, " ")] == 0;
}

// words reads what stands behind the opening fence: "console" and its options.
static enum err words(const struct page *p, struct block *b, char *info, struct error *e)
{
    for (char *save, *word = strtok_r(info, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        if (!strcmp(word, "console")) continue;
        if (!strcmp(word, "long")) {
            b->is_long = 1;
        } else if (!strcmp(word, "fails")) {
            b->fails = 1;
        } else if (!strcmp(word, "needs") && b->needs_count < BLOCK_NEEDS &&
                   (word = strtok_r(NULL, " ", &save))) {
            b->needs[b->needs_count++] = word;
        } else {
            return error_set(e, ERR_FORMAT,
                             "%s:%zu: expected long, fails or needs PATH after `console`", p->path,
                             b->line + 1);
        }
    }
    return ERR_NONE;
}

static const char *joined(struct arena *a, const char *first, const char *second)
{
    char *both = arena_alloc(a, strlen(first) + strlen(second) + 2);
    return strcat(strcat(strcpy(both, first), "\n"), second);
}

// commands cuts lines[begin … end-1] of the page, the inside of b, into commands.
static enum err commands(const struct page *p, struct block *b, size_t begin, size_t end,
                         struct arena *a, struct error *e)
{
    b->commands = arena_alloc(a, (end - begin + 1) * sizeof *b->commands);
    for (size_t i = begin; i < end; i++) {
        struct command *c = b->count ? &b->commands[b->count - 1] : NULL;
        if (!strncmp(p->line[i], "$ ", 2)) {
            b->commands[b->count++] =
                (struct command){.line = i, .text = p->line[i] + 2, .begin = i + 1, .end = i + 1};
        } else if (!c) {
            return error_set(e, ERR_FORMAT, "%s:%zu: expected a line that begins with `$ `",
                             p->path, i + 1);
        } else if (!strncmp(p->line[i], "> ", 2) && c->begin == i) {
            c->text = joined(a, c->text, p->line[i] + 2);
            c->begin = c->end = i + 1;
        } else {
            c->end = i + 1;
        }
    }
    if (b->count) return ERR_NONE;
    return error_set(e, ERR_FORMAT, "%s:%zu: the block is empty: expected a command", p->path,
                     b->line + 1);
}

// block_read: the block whose opening fence, of n characters `kind`, is line[at]; or nothing, if
// it is no console block.  Returns the line behind its end in *next.
static enum err block_read(struct page *p, size_t at, size_t n, char kind, struct arena *a,
                           size_t *next, struct error *e)
{
    size_t end = at + 1;
    while (end < p->lines && !closes(p->line[end], n, kind)) end++;
    if (end == p->lines)
        return error_set(e, ERR_FORMAT, "%s:%zu: the fence that opens here is never closed",
                         p->path, at + 1);
    *next = end + 1;
    char *info = arena_string(a, p->line[at] + strspn(p->line[at], " ") + n);
    info += strspn(info, " ");
    if (strncmp(info, "console", 7) || (info[7] != 0 && info[7] != ' ')) return ERR_NONE;
    struct block *b = &p->blocks[p->count++];
    *b = (struct block){.line = at};
    enum err failed = words(p, b, info, e);
    return failed ? failed : commands(p, b, at + 1, end, a, e);
}

enum err blocks_read(const char *path, struct arena *a, struct page *page, struct error *e)
{
    char *bytes;
    size_t size;
    enum err failed = file_read(path, &bytes, &size, e);
    if (failed) return failed;
    char *kept = arena_alloc(a, size + 1);
    memcpy(kept, bytes, size + 1);
    free(bytes);
    struct page p = {.path = path};
    p.line = blocks_split(size, kept, a, &p.lines);
    p.blocks = arena_alloc(a, (p.lines + 1) * sizeof *p.blocks);
    for (size_t i = 0; i < p.lines && !failed;) {
        char kind;
        size_t n = fence(p.line[i], &kind), next = i + 1;
        if (n) failed = block_read(&p, i, n, kind, a, &next, e);
        i = next;
    }
    if (!failed) *page = p;
    return failed;
}
