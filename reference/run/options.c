#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// print_value prints a default value; one with a line break must not break the line.
static void print_value(const char *text)
{
    if (!*text) return;
    fputs(" [", stdout);
    for (; *text; text++) fputs(*text == '\n' ? "\\n" : (char[]){*text, 0}, stdout);
    putchar(']');
}

static void print_help(const struct command *c)
{
    struct arena *a = arena_new();
    printf("usage: gpt %s %s\n%s\n\n", c->name, c->usage, c->summary);
    for (int i = 0; i < c->count; i++) {
        const struct option_spec *o = &c->options[i];
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", o->name, o->unit ? " " : "",
                 o->unit ? o->unit : "");
        printf("  %-24s %s", left, o->help);
        if (o->kind != OPTION_FLAG) print_value(option_text(o, a));
        putchar('\n');
    }
    printf("  %-24s %s\n", "--help", "print this");
    arena_free(a);
}

static enum err set_seed(const struct option_spec *o, const char *text, struct error *e)
{
    char *end;
    errno = 0;
    uint64_t seed = strtoull(text, &end, 10);
    // strtoull would take " -1" for 2^64-1.
    if (errno || !isdigit((unsigned char)*text) || *end)
        return error_set(e, ERR_VALUE, "--%s '%s': expected a whole number from 0 to 2^64-1",
                         o->name, text);
    *(uint64_t *)o->value = seed;
    return ERR_NONE;
}

static enum err set_number(const struct option_spec *o, const char *text, struct error *e)
{
    char *end;
    double x = strtod(text, &end);
    int whole = o->kind == OPTION_FLOAT || x == floor(x);
    if (end == text || *end || !isfinite(x) || !whole || x < o->least || x > o->most)
        return error_set(e, ERR_VALUE, "--%s '%s': expected a %s from %.10g to %.10g", o->name,
                         text, o->kind == OPTION_INT ? "whole number" : "number", o->least,
                         o->most);
    if (o->kind == OPTION_INT)
        *(int *)o->value = (int)x;
    else
        *(float *)o->value = (float)x;
    return ERR_NONE;
}

static enum err add_to_list(const struct option_spec *o, const char *text, struct error *e)
{
    struct option_list *list = o->value;
    if (list->count == OPTION_LIST_MAX)
        return error_set(e, ERR_VALUE, "--%s '%s': expected no more than %d of them", o->name, text,
                         OPTION_LIST_MAX);
    list->text[list->count++] = text;
    return ERR_NONE;
}

enum err option_set(const struct option_spec *o, const char *text, struct error *e)
{
    switch (o->kind) {
    case OPTION_STRING:
        if ((double)strlen(text) < o->least)
            return error_set(e, ERR_VALUE, "--%s '%s': expected a name", o->name, text);
        *(const char **)o->value = text;
        break;
    case OPTION_LIST:
        return add_to_list(o, text, e);
    case OPTION_FLAG:
        if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
            return error_set(e, ERR_VALUE, "--%s '%s': expected 0 or 1", o->name, text);
        *(int *)o->value = *text == '1';
        break;
    case OPTION_SEED:
        return set_seed(o, text, e);
    case OPTION_INT:
    case OPTION_FLOAT:
        return set_number(o, text, e);
    }
    return ERR_NONE;
}

enum err option_choice(const char *option, const char *name, int count, const char *const *names,
                       const char *expected, int *which, struct error *e)
{
    if (!*name) return ERR_NONE;
    for (int i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            *which = i;
            return ERR_NONE;
        }
    }
    return error_set(e, ERR_VALUE, "--%s %s: expected %s", option, name, expected);
}

const char *option_text(const struct option_spec *o, struct arena *a)
{
    char text[32];
    const char *s;
    switch (o->kind) {
    case OPTION_INT:
    case OPTION_FLAG:
        snprintf(text, sizeof text, "%d", *(const int *)o->value);
        break;
    case OPTION_SEED:
        snprintf(text, sizeof text, "%" PRIu64, *(const uint64_t *)o->value);
        break;
    case OPTION_FLOAT:
        // Nine digits tell any two floats apart.  Read as option_set will, by way of a double.
        for (int digits = 1; digits <= 9; digits++) {
            snprintf(text, sizeof text, "%.*g", digits, (double)*(const float *)o->value);
            if ((float)strtod(text, NULL) == *(const float *)o->value) break;
        }
        // 5e+01 is short, and nobody writes 50 so.
        if (strstr(text, "e+0")) snprintf(text, sizeof text, "%.0f", strtod(text, NULL));
        break;
    case OPTION_LIST:
        return arena_string(a, "");  // such an option is never saved, and has no default
    case OPTION_STRING:
        s = *(const char *const *)o->value;
        return arena_string(a, s ? s : "");
    }
    return arena_string(a, text);
}

// What getopt_long calls the first option: past every character, which short options would be.
enum { LONG = 256 };

// refuse says what is wrong with the word that getopt_long stopped at.
static enum err refuse(const struct command *c, char **argv, int found, struct error *e)
{
    const char *word = argv[optind - 1];
    if (found == ':') return error_set(e, ERR_VALUE, "%s: expected a value", word);
    if (optopt >= LONG) return error_set(e, ERR_VALUE, "%s: expected no value", word);
    // Of "-xyz" getopt_long tells the letter, and may not have moved past the word.
    char letter[] = {'-', (char)optopt, 0};
    return error_set(e, ERR_VALUE, "%s: unknown option; `gpt %s --help` lists them",
                     optopt ? letter : word, c->name);
}

enum err options_parse(const struct command *c, int argc, char **argv, int *given, int *help,
                       int *words, struct error *e)
{
    CHECK(c->count < OPTIONS_MAX, "count=%d", c->count);
    struct option known[OPTIONS_MAX + 2] = {{0}};
    for (int i = 0; i < c->count; i++) {
        const struct option_spec *o = &c->options[i];
        known[i] = (struct option){
            o->name, o->kind == OPTION_FLAG ? no_argument : required_argument, NULL, LONG + i};
        given[i] = 0;
    }
    known[c->count] = (struct option){"help", no_argument, NULL, LONG + c->count};
    *help = 0;
    optind = 0;  // from the beginning, wherever an earlier call stopped
    opterr = 0;  // our own messages
    int found;
    while ((found = getopt_long(argc, argv, ":", known, NULL)) != -1) {
        if (found == '?' || found == ':') return refuse(c, argv, found, e);
        int i = found - LONG;
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
