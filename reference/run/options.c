#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const struct command *c)
{
    printf("usage: gpt %s %s\n%s\n\n", c->name, c->usage, c->summary);
    for (int i = 0; i < c->count; i++) {
        const struct option_spec *o = &c->options[i];
        char left[40], value[256];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->unit ? " " : "",
                 o->unit ? o->unit : "");
        printf("  %-24s %s", left, o->help);
        option_text(o, value, sizeof value);
        if (o->kind != OPTION_FLAG && *value) printf(" [%s]", value);
        putchar('\n');
    }
    printf("  %-24s %s\n", "--help", "print this");
}

enum err option_set(const struct option_spec *o, const char *text, struct error *e)
{
    if (o->kind == OPTION_STRING) {
        *(const char **)o->value = text;
        return ERR_NONE;
    }
    if (o->kind == OPTION_FLAG) {
        *(int *)o->value = strcmp(text, "0") != 0;
        return ERR_NONE;
    }
    char *end;
    errno = 0;
    if (o->kind == OPTION_SEED) {
        uint64_t seed = strtoull(text, &end, 10);
        if (errno || end == text || *end || *text == '-')
            return error_set(e, ERR_VALUE, "--%s %s: expected a whole number from 0 to 2^64-1",
                             o->name, text);
        *(uint64_t *)o->value = seed;
        return ERR_NONE;
    }
    double x = strtod(text, &end);
    int whole = o->kind == OPTION_FLOAT || x == floor(x);
    if (end == text || *end || !isfinite(x) || !whole || x < o->least || x > o->most)
        return error_set(e, ERR_VALUE, "--%s %s: expected a %s from %g to %g", o->name, text,
                         o->kind == OPTION_INT ? "whole number" : "number", o->least, o->most);
    if (o->kind == OPTION_INT)
        *(int *)o->value = (int)x;
    else
        *(float *)o->value = (float)x;
    return ERR_NONE;
}

void option_text(const struct option_spec *o, char *out, int size)
{
    size_t n = (size_t)size;
    const char *s;
    switch (o->kind) {
    case OPTION_INT:
    case OPTION_FLAG:
        snprintf(out, n, "%d", *(const int *)o->value);
        break;
    case OPTION_SEED:
        snprintf(out, n, "%" PRIu64, *(const uint64_t *)o->value);
        break;
    case OPTION_FLOAT:
        // The shortest of these that reads back as the same float.
        for (int digits = 1; digits <= 9; digits++) {
            snprintf(out, n, "%.*g", digits, (double)*(const float *)o->value);
            if (strtof(out, NULL) == *(const float *)o->value) break;
        }
        break;
    case OPTION_STRING:
        s = *(const char *const *)o->value;
        snprintf(out, n, "%s", s ? s : "");
        break;
    }
}

enum err options_parse(const struct command *c, int argc, char **argv, int *given, int *help,
                       int *words, struct error *e)
{
    CHECK(c->count < OPTIONS_MAX, "count=%d", c->count);
    struct option known[OPTIONS_MAX + 2] = {{0}};
    for (int i = 0; i < c->count; i++) {
        const struct option_spec *o = &c->options[i];
        known[i] = (struct option){
            o->name, o->kind == OPTION_FLAG ? no_argument : required_argument, NULL, 'a' + i};
        given[i] = 0;
    }
    known[c->count] = (struct option){"help", no_argument, NULL, 'a' + c->count};
    *help = 0;
    optind = 1;
    opterr = 0;  // our own messages
    int found;
    while ((found = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        const char *word = argv[optind - 1];
        if (found == '?')
            return error_set(e, ERR_VALUE, "%s: unknown option; `gpt %s --help` lists them", word,
                             c->name);
        if (found == ':') return error_set(e, ERR_VALUE, "%s: expected a value", word);
        int i = found - 'a';
        if (i == c->count) {
            *help = 1;
            print_help(c);
            return ERR_NONE;
        }
        given[i] = 1;
        enum err code = option_set(&c->options[i], optarg ? optarg : "1", e);
        if (code) return code;
    }
    *words = argc - optind;
    for (int i = 0; i < *words; i++) argv[1 + i] = argv[optind + i];
    return ERR_NONE;
}
