// stories: makes the embedded data set, and says what the best possible model would score on it.

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derive.h"
#include "file.h"
#include "random.h"
#include "storybook.h"
#include "storyfile.h"

static const char help[] =
    "stories: small stories from a grammar whose entropy is known.\n"
    "  stories --out DIR        write DIR/train.txt, DIR/val.txt and DIR/floor.json\n"
    "      --train-bytes N      size of train.txt, at least (4000000)\n"
    "      --val-bytes N        size of val.txt, at least (200000)\n"
    "  stories --print N        print N stories\n"
    "      --floor              each with its surprisal, and the grammar's averages at the end\n"
    "  stories --check FILE     how many stories of FILE are the grammar's own\n"
    "      --seed N             the stream of stories (1)\n"
    "      --help               this\n"
    "Exit status: 0 done, 1 a file failed, 2 the command is wrong.\n";

struct options {
    const char *out, *check;
    uint64_t seed, train_bytes, val_bytes, print;
    int floor, printing;
};

// Sizes end here so that counters of bytes cannot overflow; a seed may be any 64 bits.
#define SIZE_LIMIT (1ull << 40)

// parse_number reads decimal digits and nothing else, up to limit.
static enum err parse_number(const char *option, const char *text, uint64_t limit, uint64_t *value,
                             struct error *e)
{
    errno = 0;
    unsigned long long n = strtoull(text, NULL, 10);
    if (!*text || text[strspn(text, "0123456789")] || errno || n > limit)
        return error_set(e, ERR_VALUE, "--%s: %s: a whole number from 0 to %llu is expected",
                         option, text, (unsigned long long)limit);
    *value = n;
    return ERR_NONE;
}

// parse reads the command line.  Status: 0 go on, 1 help was asked for, 2 wrong.
static int parse(int argc, char **argv, struct options *o, struct error *e)
{
    enum { OUT, SEED, TRAIN_BYTES, VAL_BYTES, PRINT, FLOOR, CHECK_FILE, HELP };
    static const struct option known[] = {
        {"out", required_argument, NULL, OUT},
        {"seed", required_argument, NULL, SEED},
        {"train-bytes", required_argument, NULL, TRAIN_BYTES},
        {"val-bytes", required_argument, NULL, VAL_BYTES},
        {"print", required_argument, NULL, PRINT},
        {"floor", no_argument, NULL, FLOOR},
        {"check", required_argument, NULL, CHECK_FILE},
        {"help", no_argument, NULL, HELP},
        {NULL, 0, NULL, 0},
    };
    *o = (struct options){.seed = 1, .train_bytes = 4000000, .val_bytes = 200000};
    enum err code = ERR_NONE;
    opterr = 0;  // the message is ours
    for (int c; !code && (c = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        if (c == '?')
            return error_set(e, ERR_VALUE, "%s: unknown, or its value is missing; see --help",
                             argv[optind - 1]),
                   2;
        const char *name = known[c].name;
        if (c == HELP) return 1;
        if (c == OUT) o->out = optarg;
        if (c == CHECK_FILE) o->check = optarg;
        if (c == FLOOR) o->floor = 1;
        if (c == PRINT) o->printing = 1;
        if (c == PRINT) code = parse_number(name, optarg, SIZE_LIMIT, &o->print, e);
        if (c == SEED) code = parse_number(name, optarg, UINT64_MAX, &o->seed, e);
        if (c == TRAIN_BYTES) code = parse_number(name, optarg, SIZE_LIMIT, &o->train_bytes, e);
        if (c == VAL_BYTES) code = parse_number(name, optarg, SIZE_LIMIT, &o->val_bytes, e);
    }
    if (code) return 2;
    if (optind < argc) return error_set(e, ERR_VALUE, "%s: not expected", argv[optind]), 2;
    if ((o->out != NULL) + (o->check != NULL) + o->printing != 1)
        return error_set(e, ERR_VALUE, "one of --out, --print, --check is expected"), 2;
    return 0;
}

static double per_byte(double bits, double bytes)
{
    return bytes > 0 ? bits / bytes : 0;
}

static void print_averages(const struct figures *f)
{
    double bytes = f->bytes + 2;  // the two newlines
    printf("grammar: %.3f bits and %.3f bytes per story on average, %.4f bits per byte\n", f->bits,
           bytes, per_byte(f->bits, bytes));
}

static void print_stories(const struct grammar *g, const struct options *o)
{
    struct figures f = derive_expect(g);
    struct random r = random_start(o->seed, RANDOM_STORIES);
    char *text = malloc(f.longest);
    if (!text) die("out of memory: a story of %zu bytes", f.longest);
    for (uint64_t i = 0; i < o->print; i++) {
        double bits;
        size_t size = derive_tell(g, &r, text, f.longest, &bits);
        printf("%.*s\n", (int)size, text);
        if (o->floor)
            printf("(%.3f bits, %.4f bits per byte)\n", bits, per_byte(bits, (double)size + 2));
        printf("\n");
    }
    if (o->floor) print_averages(&f);
    free(text);
}

static void print_tally(const char *name, const struct tally *t)
{
    printf("%s: %llu bytes, %llu stories, floor %.4f bits per byte\n", name,
           (unsigned long long)t->bytes, (unsigned long long)t->stories,
           per_byte(t->bits, (double)t->bytes));
}

static enum err write_files(const struct grammar *g, const struct options *o, struct error *e)
{
    struct written w;
    enum err code = storyfile_write(g, o->seed, o->train_bytes, o->val_bytes, o->out, &w, e);
    if (code) return code;
    print_tally("train.txt", &w.train);
    print_tally("val.txt", &w.val);
    struct figures f = derive_expect(g);
    print_averages(&f);
    printf("%llu of the %llu stories in val.txt are also in train.txt\n",
           (unsigned long long)w.shared, (unsigned long long)w.val.stories);
    return ERR_NONE;
}

static enum err check_file(const struct grammar *g, const struct options *o, struct error *e)
{
    char *text;
    size_t size;
    enum err code = file_read(o->check, &text, &size, e);
    if (code) return code;
    struct checked c = storyfile_check(g, text, size);
    printf("%llu of %llu stories are the grammar's own", (unsigned long long)c.told.stories,
           (unsigned long long)c.stories);
    if (c.told.stories)
        printf(", with %.4f bits per byte", per_byte(c.told.bits, (double)c.told.bytes));
    printf("\n");
    if (c.first_bad)
        printf("story %llu leaves the grammar at byte %zu of the file\n",
               (unsigned long long)c.first_bad, c.bad_offset);
    free(text);
    return ERR_NONE;
}

int main(int argc, char **argv)
{
    struct options o;
    struct error e = {0};
    int status = parse(argc, argv, &o, &e);
    if (status == 1) return fputs(help, stdout) < 0;
    if (status == 0) {
        struct grammar *g = storybook_open();
        if (o.printing) print_stories(g, &o);
        enum err code = ERR_NONE;
        if (o.out) code = write_files(g, &o, &e);
        if (o.check) code = check_file(g, &o, &e);
        grammar_free(g);
        status = code ? 1 : 0;
        if (!code && (fflush(stdout) != 0 || ferror(stdout))) {
            error_set(&e, ERR_IO, "standard output: cannot write: %s", strerror(errno));
            status = 1;
        }
    }
    if (status) fprintf(stderr, "stories: %s\n", e.text);
    return status;
}
