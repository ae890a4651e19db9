// options: every kind of option read, written down and read again; calls that make no sense.
#include "options.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mathf.h"
#include "random.h"

static int number = 7, flag;
static float real = 0.5f;
static uint64_t seed = 3;
static const char *name = "name", *free_text = "";

// Just above FLT_MAX, whose nine digits are rounded up.
#define LARGE 3.40282355e38

static const struct option_spec SPECS[] = {
    {"number", OPTION_INT, &number, -5, 1e9, "N", "a whole number", OPTION_FIXED},
    {"real", OPTION_FLOAT, &real, -LARGE, LARGE, "X", "a number", OPTION_SAVED},
    {"seed", OPTION_SEED, &seed, 0, 0, "N", "a seed", OPTION_SAVED},
    {"name", OPTION_STRING, &name, 1, 0, "NAME", "a name", OPTION_SAVED},
    {"text", OPTION_STRING, &free_text, 0, 0, "TEXT", "any text", OPTION_SAVED},
    {"flag", OPTION_FLAG, &flag, 0, 0, NULL, "a flag", OPTION_LOCAL},
};
enum { NUMBER, REAL, SEED, NAME, TEXT, FLAG, COUNT };
static const struct command COMMAND = {"do", "Does it.", "[options]", SPECS, COUNT};

static struct arena *memory;

static void begin(void)
{
    memory = arena_new();
}

static void end(void)
{
    arena_free(memory);
}

TestSuite(options, .init = begin, .fini = end);

static void set(int i, const char *text)
{
    struct error e = {.text = ""};
    cr_assert_eq(option_set(&SPECS[i], text, &e), ERR_NONE, "%s", e.text);
}

static const char *text_of(int i)
{
    return option_text(&SPECS[i], memory);
}

Test(options, each_kind_is_read_and_written)
{
    set(NUMBER, "-5");
    cr_assert_eq(number, -5);
    cr_assert_str_eq(text_of(NUMBER), "-5");
    set(NUMBER, "1e9");
    cr_assert_eq(number, 1000000000);
    cr_assert_str_eq(text_of(NUMBER), "1000000000");
    set(REAL, "1e-8");
    cr_assert(real == 1e-8f);
    cr_assert_str_eq(text_of(REAL), "1e-08");
    set(REAL, "-50");
    cr_assert_str_eq(text_of(REAL), "-50");
    set(REAL, "2.5e3");
    cr_assert_str_eq(text_of(REAL), "2500");
    set(SEED, "18446744073709551615");
    cr_assert_eq(seed, UINT64_MAX);
    cr_assert_str_eq(text_of(SEED), "18446744073709551615");
    set(NAME, " ");
    cr_assert_str_eq(name, " ");
    set(TEXT, "");
    cr_assert_str_eq(text_of(TEXT), "");
    free_text = NULL;
    cr_assert_str_eq(text_of(TEXT), "");
    set(FLAG, "1");
    cr_assert_eq(flag, 1);
    cr_assert_str_eq(text_of(FLAG), "1");
    set(FLAG, "0");
    cr_assert_eq(flag, 0);
    cr_assert_str_eq(text_of(FLAG), "0");
}

Test(options, a_list_takes_several_and_no_more)
{
    struct option_list list = {0};
    const struct option_spec o = {"stop", OPTION_LIST, &list, 0, 0, "TEXT", "a text", 0};
    struct error e = {.text = ""};
    cr_assert_str_eq(option_text(&o, memory), "", "it has no default");
    for (int i = 0; i < OPTION_LIST_MAX; i++) {
        const char *text = i % 2 ? "" : "same";
        cr_assert_eq(option_set(&o, text, &e), ERR_NONE, "%s", e.text);
        cr_assert_eq(list.count, i + 1);
        cr_assert_str_eq(list.text[i], text);
    }
    cr_assert_eq(option_set(&o, "more", &e), ERR_VALUE);
    cr_assert_str_eq(e.text, "--stop 'more': expected no more than 8 of them");
    cr_assert_eq(list.count, OPTION_LIST_MAX);
}

Test(options, a_long_text_is_written_whole)
{
    enum { LONG = 5000 };
    static char text[LONG + 1];
    memset(text, 'x', LONG);
    set(NAME, text);
    cr_assert_eq(strlen(text_of(NAME)), LONG);
}

// comes_back checks that x, written down, is read as the same bits, and that no fewer digits do.
static void comes_back(float x)
{
    real = x;
    const char *text = text_of(REAL);
    real = NAN;
    set(REAL, text);
    cr_assert_eq(mathf_bits(real), mathf_bits(x), "%a became %a by way of %s", (double)x,
                 (double)real, text);
    char shorter[400];
    size_t mantissa = strcspn(text, "e"), digits = 0;
    for (size_t i = 0, begun = 0; i < mantissa; i++) {
        begun |= text[i] >= '1' && text[i] <= '9';
        digits += begun && text[i] != '.';
    }
    while (digits > 1 && text[mantissa - 1] == '0' && !memchr(text, '.', mantissa)) {
        mantissa--, digits--;  // the zeros of 1000000 are no digits of precision
    }
    if (digits < 2) return;
    snprintf(shorter, sizeof shorter, "%.*g", (int)digits - 1, (double)x);
    cr_assert_neq(mathf_bits(strtof(shorter, NULL)), mathf_bits(x), "%s would do for %s", shorter,
                  text);
}

Test(options, every_float_comes_back_in_the_fewest_digits)
{
    const float some[] = {0,
                          -0.0f,
                          1,
                          0.1f,
                          0.9f,
                          0.99f,
                          0.99999f,
                          1e-3f,
                          3e-4f,
                          1e-8f,
                          1e-10f,
                          FLT_MIN,
                          FLT_MAX,
                          1e9f,
                          16777216,
                          16777215,
                          0x1p-149f,
                          0x1p-148f,
                          0x1.fffffep-127f,
                          0x1.8p-140f,
                          1.0f / 3,
                          100,
                          1e6f,
                          123456};
    for (size_t i = 0; i < sizeof some / sizeof *some; i++) comes_back(some[i]);
    struct random r = random_start(1, RANDOM_TEST);
    int denormal = 0;
    for (int i = 0; i < 40000; i++) {
        // Every fourth is denormal.
        uint32_t bits = random_u32(&r) & (i % 4 ? UINT32_MAX : 0x807FFFFFu);
        float x = mathf_from_bits(bits);
        if (!isfinite(x)) continue;
        denormal += fpclassify(x) == FP_SUBNORMAL;
        comes_back(x);
        if (i % 100 == 0) arena_reset(memory);
    }
    cr_assert_gt(denormal, 9000);
}

Test(options, what_is_out_of_range_or_no_number_is_refused)
{
    static const struct {
        int i;
        const char *text, *expected;
    } bad[] = {
        {NUMBER, "-6", "--number '-6': expected a whole number from -5 to 1000000000"},
        {NUMBER, "1000000001", "whole number"},
        {NUMBER, "1.5", "whole number"},
        {NUMBER, "", "--number ''"},
        {NUMBER, " ", "--number ' '"},
        {NUMBER, "x", "'x'"},
        {NUMBER, "1 ", "'1 '"},
        {NUMBER, "1,5", "'1,5'"},
        {NUMBER, "nan", "'nan'"},
        {NUMBER, "inf", "'inf'"},
        {NUMBER, "1e999", "'1e999'"},
        {REAL, "1e39", "expected a number from"},
        {REAL, "-1e999", "'-1e999'"},
        {REAL, "nan", "'nan'"},
        {REAL, "", "--real ''"},
        {REAL, "0.1.2", "'0.1.2'"},
        {SEED, "-1", "expected a whole number from 0 to 2^64-1"},
        {SEED, " -1", "' -1'"},
        {SEED, " 1", "' 1'"},
        {SEED, "+1", "'+1'"},
        {SEED, "18446744073709551616", "18446744073709551616"},
        {SEED, "1.0", "'1.0'"},
        {SEED, "", "--seed ''"},
        {NAME, "", "--name '': expected a name"},
        {FLAG, "yes", "--flag 'yes': expected 0 or 1"},
        {FLAG, "", "--flag ''"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error e = {0};
        cr_assert_eq(option_set(&SPECS[bad[i].i], bad[i].text, &e), ERR_VALUE, "'%s'", bad[i].text);
        cr_assert_eq(e.code, ERR_VALUE);
        cr_assert(strstr(e.text, bad[i].expected), "%s", e.text);
        cr_assert_eq(option_set(&SPECS[bad[i].i], bad[i].text, NULL), ERR_VALUE);
    }
    cr_assert(number == 7 && real == 0.5f && seed == 3 && strcmp(name, "name") == 0 && flag == 0,
              "a refused value changed something");
}

// parse reads a call, at most 12 words of which the last is NULL.
static enum err parse(const char *const *call, int *given, int *help, int *words, char **argv,
                      struct error *e)
{
    static char copies[12][32];
    int argc = 0;
    for (; call[argc]; argc++) {
        snprintf(copies[argc], sizeof copies[argc], "%s", call[argc]);
        argv[argc] = copies[argc];
    }
    argv[argc] = NULL;
    return options_parse(&COMMAND, argc, argv, given, help, words, e);
}

Test(options, a_call_sets_what_it_names_and_leaves_its_words)
{
    const char *call[] = {"do", "one", "--number",    "-3",    "--flag", "--seed",
                          "9",  "two", "--real=0.25", "three", NULL};
    int given[OPTIONS_MAX], help, words;
    char *argv[12];
    struct error e;
    cr_assert_eq(parse(call, given, &help, &words, argv, &e), ERR_NONE, "%s", e.text);
    cr_assert(number == -3 && flag == 1 && seed == 9 && real == 0.25f);
    cr_assert_str_eq(name, "name");
    const int expected[COUNT] = {1, 1, 1, 0, 0, 1};
    cr_assert_arr_eq(given, expected, sizeof expected);
    cr_assert_eq(help, 0);
    cr_assert_eq(words, 3);
    cr_assert(strcmp(argv[1], "one") == 0 && strcmp(argv[2], "two") == 0 &&
              strcmp(argv[3], "three") == 0);
}

Test(options, the_last_of_two_counts_and_two_dashes_end_them)
{
    const char *call[] = {"do", "--number", "1", "--number", "2", "--", "--flag", NULL};
    int given[OPTIONS_MAX], help, words;
    char *argv[12];
    cr_assert_eq(parse(call, given, &help, &words, argv, NULL), ERR_NONE);
    cr_assert(number == 2 && flag == 0 && words == 1 && strcmp(argv[1], "--flag") == 0);
}

Test(options, a_call_that_makes_no_sense_is_refused)
{
    static const struct {
        const char *call[6], *expected;
    } bad[] = {
        {{"do", "--nosuch"}, "--nosuch: unknown option; `gpt do --help` lists them"},
        {{"do", "--nosuch=3"}, "--nosuch=3: unknown option"},
        {{"do", "-q"}, "-q: unknown option"},
        {{"do", "--flag", "-xyz", "w"}, "-x: unknown option"},
        {{"do", "--n", "3"}, "--n: unknown option"},  // number or name
        {{"do", "--number"}, "--number: expected a value"},
        {{"do", "w", "--seed"}, "--seed: expected a value"},
        {{"do", "--flag=1"}, "--flag=1: expected no value"},
        {{"do", "--number", "--flag"}, "--number '--flag': expected a whole number"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int given[OPTIONS_MAX], help, words;
        char *argv[12];
        struct error e = {0};
        cr_assert_eq(parse(bad[i].call, given, &help, &words, argv, &e), ERR_VALUE);
        cr_assert(strncmp(e.text, bad[i].expected, strlen(bad[i].expected)) == 0, "%s", e.text);
    }
}

Test(options, help_lists_every_option_with_its_value, .init = cr_redirect_stdout)
{
    memory = arena_new();
    free_text = "a\nb";
    const char *call[] = {"do", "--number", "8", "--help", "--nosuch", NULL};
    int given[OPTIONS_MAX], help, words;
    char *argv[12];
    cr_assert_eq(parse(call, given, &help, &words, argv, NULL), ERR_NONE);
    cr_assert_eq(help, 1);
    fflush(stdout);
    cr_assert_stdout_eq_str("usage: gpt do [options]\nDoes it.\n\n"
                            "  --number N               a whole number [8]\n"
                            "  --real X                 a number [0.5]\n"
                            "  --seed N                 a seed [3]\n"
                            "  --name NAME              a name [name]\n"
                            "  --text TEXT              any text [a\\nb]\n"
                            "  --flag                   a flag\n"
                            "  --help                   print this\n");
}

Test(options, a_choice_is_one_of_its_names)
{
    const char *const names[] = {"pre", "post", "none"};
    struct error e = {.text = ""};
    int which = 7;
    cr_assert_eq(option_choice("place", "", 3, names, "pre, post or none", &which, &e), ERR_NONE);
    cr_assert_eq(which, 7, "no name changes nothing");
    cr_assert_eq(option_choice("place", "none", 3, names, "pre, post or none", &which, &e),
                 ERR_NONE);
    cr_assert_eq(which, 2);
    cr_assert_eq(option_choice("place", "pos", 3, names, "pre, post or none", &which, &e),
                 ERR_VALUE);
    cr_assert_eq(which, 2, "a wrong name changes nothing");
    cr_assert_str_eq(e.text, "--place pos: expected pre, post or none");
}
