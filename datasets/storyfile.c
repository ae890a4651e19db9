#include "storyfile.h"

#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "file.h"
#include "hash.h"
#include "random.h"

static const char separator[] = "\n\n";
enum { SEPARATOR = sizeof separator - 1 };

// The checksum of every story of a part, to find those that two parts share.  Two different
// stories among n have equal checksums with probability n^2 / 2^65: never, in practice.
struct part {
    struct tally tally;
    uint64_t *hash;
    size_t room;
};

static void part_add(struct part *p, const char *text, size_t size, double bits)
{
    if (p->tally.stories == p->room) {
        p->room = p->room ? 2 * p->room : 1024;
        uint64_t *grown = realloc(p->hash, p->room * sizeof *grown);
        if (!grown) die("out of memory: %zu checksums of stories", p->room);
        p->hash = grown;
    }
    p->hash[p->tally.stories++] = hash_bytes(text, size);
    p->tally.bytes += size + SEPARATOR;
    p->tally.bits += bits;
}

static int compare(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

// count_shared returns how many stories of a occur in b; it sorts b's checksums.
static uint64_t count_shared(const struct part *a, struct part *b)
{
    if (!b->tally.stories) return 0;
    qsort(b->hash, b->tally.stories, sizeof *b->hash, compare);
    uint64_t shared = 0;
    for (uint64_t i = 0; i < a->tally.stories; i++)
        shared += bsearch(&a->hash[i], b->hash, b->tally.stories, sizeof *b->hash, compare) != NULL;
    return shared;
}

// write_part tells stories until `least` bytes are reached.
static void write_part(const struct grammar *g, struct random *r, uint64_t least, size_t longest,
                       struct output *out, struct part *p)
{
    char *text = malloc(longest);
    if (!text) die("out of memory: a story of %zu bytes", longest);
    while (p->tally.bytes < least) {
        double bits;
        size_t size = derive_tell(g, r, text, longest, &bits);
        part_add(p, text, size, bits);
        output_write(out, text, size);
        output_write(out, separator, SEPARATOR);
    }
    free(text);
}

static void write_tally(struct output *out, const char *name, const struct tally *t)
{
    output_print(out, "\"%s\":{\"bytes\":%llu,\"stories\":%llu,\"bits\":%.6f}", name,
                 (unsigned long long)t->bytes, (unsigned long long)t->stories, t->bits);
}

// The three files of a directory.
enum { TRAIN, VAL, FLOOR, FILES };
static const char *const file_name[FILES] = {"train.txt", "val.txt", "floor.json"};

// finish stages all of out before it publishes any.  After a failure the old files stand, and
// the next run writes over what it left unpublished.
static enum err finish(struct output **out, char *const *path, struct error *e)
{
    enum err code = ERR_NONE;
    for (int i = 0; i < FILES; i++) {
        if (code)
            output_abandon(out[i]);
        else
            code = output_stage(out[i], e);
    }
    for (int i = 0; i < FILES && !code; i++) code = output_publish(path[i], e);
    return code;
}

enum err storyfile_write(const struct grammar *g, uint64_t seed, uint64_t train_bytes,
                         uint64_t val_bytes, const char *dir, struct written *w, struct error *e)
{
    struct output *out[FILES] = {0};
    char *path[FILES];
    struct part train = {0}, val = {0};
    enum err code = file_make_directory(dir, e);
    for (int i = 0; i < FILES; i++) {
        path[i] = file_path(dir, file_name[i]);
        if (!code) code = output_open(path[i], &out[i], e);
    }
    if (code) {
        for (int i = 0; i < FILES; i++) output_abandon(out[i]);
    } else {
        struct random r = random_start(seed, RANDOM_STORIES);
        size_t longest = derive_expect(g).longest;
        write_part(g, &r, val_bytes, longest, out[VAL], &val);
        write_part(g, &r, train_bytes, longest, out[TRAIN], &train);
        output_print(out[FLOOR], "{");
        write_tally(out[FLOOR], "train", &train.tally);
        output_print(out[FLOOR], ",");
        write_tally(out[FLOOR], "val", &val.tally);
        output_print(out[FLOOR], "}\n");
        code = finish(out, path, e);
    }
    if (!code)
        *w = (struct written){
            .train = train.tally, .val = val.tally, .shared = count_shared(&val, &train)};
    for (int i = 0; i < FILES; i++) free(path[i]);
    free(train.hash);
    free(val.hash);
    return code;
}

// story_length returns the bytes before the next separator, or up to the end, where a single
// newline counts as the end of a file and not as part of the story.
static size_t story_length(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] == '\n' && (i + 1 == size || text[i + 1] == '\n')) return i;
    return size;
}

struct checked storyfile_check(const struct grammar *g, const char *text, size_t size)
{
    struct checked c = {0};
    for (size_t at = 0; at < size;) {
        if (text[at] == '\n') {
            at++;
            continue;
        }
        size_t n = story_length(text + at, size - at);
        struct reading r = derive_read(g, text + at, n);
        c.stories++;
        if (r.ways) {
            c.told.stories++;
            c.told.bytes += n + SEPARATOR;
            c.told.bits += grammar_bits(r.probability);
        } else if (!c.first_bad) {
            c.first_bad = c.stories;
            c.bad_offset = at + r.reached;
        }
        at += n;
    }
    return c;
}
