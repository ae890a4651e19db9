// console: runs the console blocks of a Markdown file, and compares what they print with what the
// file says they print.
//
//   console [-v] [-s] [-u] [-t SECONDS] [-c CACHE -k KEY] SCRATCH FILE
//     SCRATCH  a copy of the project in which the commands run; FILE is read here, not there
//     -s       leave out long blocks, unless the cache has them
//     -u       write what they print into FILE
//     -c, -k   keep what long blocks gave in CACHE; KEY stands for all else that it depends on
//     -t       how long a block may take that is not long [300]
//     -v       a line for each block, with the time it took
// The last line counts: "blocks PASSED TOTAL CACHED LEFT-OUT".  Exit status: 0 if none failed.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "blocks.h"
#include "cache.h"
#include "file.h"
#include "hash.h"
#include "match.h"
#include "shell.h"

enum { SHORT = 5, LIMIT_LONG = 1800, SCREEN = 8, UPDATED = 40 };

// struct console: the run of one file.
struct console {
    const char *scratch, *cache, *key;
    int verbose, leave_long, update, limit;
    struct arena *memory;
    struct page page;
    struct hash above;  // of all commands so far
    size_t passed, cached, left_out;
    char ***lines;  // (blocks' commands, in order) what the text should say; NULL: what it says
    size_t *counts;
    size_t commands;
};

// told prints the first line of a failure: an editor finds its place by it.
static void told(const struct console *c, size_t line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void told(const struct console *c, size_t line, const char *format, ...)
{
    printf("%s:%zu: ", c->page.path, line + 1);
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

static void show_command(const struct command *cmd)
{
    printf("    $ ");
    for (const char *p = cmd->text; *p; p++) {
        putchar(*p);
        if (*p == '\n') printf("    > ");
    }
    putchar('\n');
}

static void show_lines(size_t n, char *const *line, size_t from)
{
    printf("  it printed %zu line%s%s\n", n, n == 1 ? "" : "s", n ? ":" : "");
    size_t begin = from > 2 ? from - 2 : 0, end = begin + SCREEN < n ? begin + SCREEN : n;
    for (size_t i = begin; i < end; i++) printf("  %4zu %s\n", i + 1, line[i]);
    if (end < n) printf("  … %zu more\n", n - end);
}

// --- one command
// ----------------------------------------------------------------------------------

// differs reports that output and text part, and, if asked, notes what the text should say.
static void differs(struct console *c, const struct command *cmd, size_t n, char **got,
                    struct apart at)
{
    char **want = c->page.line + cmd->begin;
    size_t wants = cmd->end - cmd->begin;
    int below = at.w > 0 && match_any(want[at.w - 1]);
    told(c, cmd->begin + at.w - (at.w == wants), "this is not what the command prints");
    show_command(cmd);
    printf("  want: %s\n", at.w < wants ? want[at.w] : "(no more lines)");
    if (below)
        printf("  got:  no such line from line %zu on\n", at.g + 1);
    else
        printf("  got:  %s\n", at.g < n ? got[at.g] : "(no more lines)");
    show_lines(n, got, at.g);
    if (!c->update) return;
    size_t most = wants - at.w < n - at.g ? wants - at.w : n - at.g;
    size_t tail = match_tail(wants, want, n, got, most), new = n - tail - at.g;
    if (new > UPDATED) {
        printf("  not updated: %zu lines; put a line of … alone where they should go\n", new);
        return;
    }
    char **lines = arena_alloc(c->memory, (at.w + new + tail + 1) * sizeof *lines);
    memcpy(lines, want, at.w * sizeof *lines);
    for (size_t i = 0; i < new; i++) lines[at.w + i] = match_trim(got[at.g + i]);
    memcpy(lines + at.w + new, want + wants - tail, tail * sizeof *lines);
    c->lines[c->commands] = lines;
    c->counts[c->commands] = at.w + new + tail;
}

// may_fail: whether the text shows that the command number i of b ends with another status than 0:
// by its mark, by make's own line, or by asking for $? next.
static int may_fail(const struct console *c, const struct block *b, size_t i)
{
    if (b->fails) return 1;
    if (i + 1 < b->count && strstr(b->commands[i + 1].text, "$?")) return 1;
    for (size_t n = b->commands[i].begin; n < b->commands[i].end; n++) {
        if (strstr(c->page.line[n], "make: *** ")) return 1;
    }
    return 0;
}

// judge compares how command i of b went with what the text says.  Returns 1 if they agree.
static int judge(struct console *c, const struct block *b, size_t i, const struct outcome *o)
{
    const struct command *cmd = &b->commands[i];
    size_t n;
    char *text = arena_alloc(c->memory, o->size + 1);
    for (size_t at = 0; at <= o->size; at++) text[at] = o->output[at] ? o->output[at] : '?';
    text[o->size] = 0;
    char **got = blocks_split(o->size, text, c->memory, &n);
    size_t wants = cmd->end - cmd->begin;
    struct apart at;
    if (o->late || o->flood) {
        told(c, cmd->line, o->late ? "not at its end after %d s" : "prints more than 1 MB",
             b->is_long ? LIMIT_LONG : c->limit);
        show_command(cmd);
        show_lines(n, got, n > SCREEN ? n - SCREEN + 2 : 0);
        return 0;
    }
    if (!match_lines(wants, c->page.line + cmd->begin, n, got, c->memory, &at)) {
        differs(c, cmd, n, got, at);
        return 0;
    }
    if (o->status == 0 || may_fail(c, b, i)) return 1;
    told(c, cmd->line, "exit status %d", o->status);
    show_command(cmd);
    show_lines(n, got, n > SCREEN ? n - SCREEN + 2 : 0);
    printf(
        "  If that is meant, let the block say so: ```console fails, or `$ echo $?` below it.\n");
    return 0;
}

// --- one block
// ------------------------------------------------------------------------------------

// lacks returns what the block needs and is not here, or NULL.  What the project has and the
// scratch copy has not, such as a data set, is copied; runs/ is made by the blocks themselves.
static const char *lacks(const struct console *c, const struct block *b)
{
    for (int i = 0; i < b->needs_count; i++) {
        const char *path = b->needs[i];
        char *inside = file_path(c->scratch, path);
        int there = file_exists(path[0] == '/' ? path : inside);
        if (!there && path[0] != '/' && strncmp(path, "runs/", 5) && file_exists(path)) {
            char *copy = arena_alloc(c->memory, 2 * strlen(path) + 2 * strlen(c->scratch) + 64);
            sprintf(copy, "mkdir -p \"$(dirname '%s')\" && cp -Rp '%s' '%s'", inside, path, inside);
            struct outcome o;
            shell_run(".", copy, 0, LIMIT_LONG, &o);
            there = o.status == 0;
            free(o.output);
        }
        free(inside);
        if (!there) return path;
    }
    return NULL;
}

static void leave_out(struct console *c, const struct block *b, const char *why, const char *what)
{
    c->left_out++;
    printf("# not run: %s:%zu: %s%s\n", c->page.path, b->line + 1, why, what);
}

// entry returns the place of the block in the cache, or NULL where there is none.  A block depends
// on those above it.
static char *entry(struct console *c, const struct block *b)
{
    for (size_t i = 0; i < b->count; i++)
        hash_add(&c->above, b->commands[i].text, strlen(b->commands[i].text) + 1);
    if (!c->cache || !b->is_long) return NULL;
    char name[64];
    snprintf(name, sizeof name, "%.32s-%016llx", c->key, (unsigned long long)hash_value(&c->above));
    return file_path(c->cache, name);
}

// run goes through the commands of b up to the first that fails; returns how many were fine.
static size_t run(struct console *c, const struct block *b, const char *from, struct outcome *o)
{
    size_t fine = 0;
    int before = 0;
    for (size_t i = 0; i < b->count; i++, c->commands++) {
        // With -u the commands behind a difference are run too: their output is wanted.
        if (fine < i && !c->update) continue;
        if (from && !cache_load(from, i, &o[i])) from = NULL;
        if (!from)
            shell_run(c->scratch, b->commands[i].text, before, b->is_long ? LIMIT_LONG : c->limit,
                      &o[i]);
        before = o[i].status;
        fine += (size_t)judge(c, b, i, &o[i]);
    }
    return fine;
}

static int failed_somewhere(size_t n, const struct outcome *o)
{
    for (size_t i = 0; i < n; i++) {
        if (o[i].status) return 1;
    }
    return 0;
}

static void block(struct console *c, const struct block *b)
{
    char *place = entry(c, b);
    const char *from = place && cache_find(place) ? place : NULL, *lacking = lacks(c, b);
    if (lacking || (b->is_long && c->leave_long && !from)) {
        if (lacking)
            leave_out(c, b, lacking, " is not here");
        else
            leave_out(c, b, "it takes long", "");
        c->commands += b->count;
        free(place);
        return;
    }
    if (from && !cache_restore(from, c->scratch)) from = NULL;
    struct outcome *o = calloc(b->count, sizeof *o);
    if (!o) die("out of memory: %zu commands", b->count);
    int fine = run(c, b, from, o) == b->count;
    if (fine && b->fails && !failed_somewhere(b->count, o)) {
        told(c, b->line, "the block is marked `fails`, but every command ends with status 0");
        fine = 0;
    }
    double wall = 0, cpu = 0;
    for (size_t i = 0; i < b->count; i++) wall += o[i].wall, cpu += o[i].cpu;
    if (cpu > SHORT && !b->is_long)
        printf("# %s:%zu: took %.1f s of processor time: mark it ```console long\n", c->page.path,
               b->line + 1, cpu);
    if (c->verbose)
        printf("# %s:%zu: %s, %.2f s (%.2f s of processor time)%s\n", c->page.path, b->line + 1,
               fine ? "as it says" : "FAILED", wall, cpu, from ? ", from the cache" : "");
    c->passed += (size_t)fine;
    c->cached += from != NULL;
    if (fine && place && !from) cache_save(place, b->count, o, c->scratch);
    for (size_t i = 0; i < b->count; i++) free(o[i].output);
    free(o);
    free(place);
}

// --- one file
// -------------------------------------------------------------------------------------

// rewrite writes the file anew with the outputs that differed.
static enum err rewrite(const struct console *c, struct error *e)
{
    struct output *out;
    enum err failed = output_open(c->page.path, &out, e);
    if (failed) return failed;
    size_t at = 0, number = 0;
    for (size_t b = 0; b < c->page.count; b++) {
        for (size_t i = 0; i < c->page.blocks[b].count; i++, number++) {
            const struct command *cmd = &c->page.blocks[b].commands[i];
            if (!c->lines[number]) continue;
            for (; at < cmd->begin; at++) output_print(out, "%s\n", c->page.line[at]);
            for (size_t n = 0; n < c->counts[number]; n++)
                output_print(out, "%s\n", c->lines[number][n]);
            at = cmd->end;
        }
    }
    for (; at < c->page.lines; at++) output_print(out, "%s\n", c->page.line[at]);
    return output_commit(out, e);
}

static enum err console(struct console *c, const char *path, struct error *e)
{
    enum err failed = blocks_read(path, c->memory, &c->page, e);
    if (failed) return failed;
    size_t total = 0, noted = 0;
    for (size_t i = 0; i < c->page.count; i++) total += c->page.blocks[i].count;
    c->lines = arena_alloc(c->memory, (total + 1) * sizeof *c->lines);
    c->counts = arena_alloc(c->memory, (total + 1) * sizeof *c->counts);
    for (size_t i = 0; i < total; i++) c->lines[i] = NULL;
    hash_start(&c->above, 0);
    hash_add(&c->above, path, strlen(path) + 1);
    for (size_t i = 0; i < c->page.count; i++) {
        fflush(stdout);
        block(c, &c->page.blocks[i]);
    }
    for (size_t i = 0; i < total; i++) noted += c->lines[i] != NULL;
    return noted ? rewrite(c, e) : ERR_NONE;
}

static int usage(void)
{
    fprintf(stderr, "usage: console [-v] [-s] [-u] [-t SECONDS] [-c CACHE -k KEY] SCRATCH FILE\n");
    return 2;
}

int main(int argc, char **argv)
{
    struct console c = {.key = "", .limit = 300};
    for (int option; (option = getopt(argc, argv, "vsut:c:k:")) != -1;) {
        switch (option) {
        case 'v':
            c.verbose = 1;
            break;
        case 's':
            c.leave_long = 1;
            break;
        case 'u':
            c.update = 1;
            break;
        case 't':
            c.limit = atoi(optarg);
            break;
        case 'c':
            c.cache = optarg;
            break;
        case 'k':
            c.key = optarg;
            break;
        default:
            return usage();
        }
    }
    if (argc - optind != 2) return usage();
    c.scratch = argv[optind];
    c.memory = arena_new();
    struct error e;
    enum err failed = console(&c, argv[optind + 1], &e);
    // A file that cannot be understood is one block that failed.
    if (failed) printf("%s\n", e.text);
    size_t total = c.page.count + (failed && !c.page.count);
    int good = !failed && c.passed + c.left_out == total;
    printf("blocks %zu %zu %zu %zu\n", c.passed, total, c.cached, c.left_out);
    arena_free(c.memory);
    return !good;
}
