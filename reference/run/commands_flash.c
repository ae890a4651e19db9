#include "commands.h"
#include "commands_parts.h"
#include "flash.h"
#include "flash_run.h"
#include "random.h"

// read_keys reads numbers out of an option's text and returns how many.
static int read_keys(const char *option, const char *text, float *x)
{
    struct error e;
    int n = read_numbers(text, FLASH_RUN_KEYS, x);
    if (!n)
        error_must(error_set(&e, ERR_VALUE, "--%s '%s': expected 1 to %d numbers", option, text,
                             FLASH_RUN_KEYS),
                   &e);
    return n;
}

int command_flash(int argc, char **argv)
{
    const char *scores = NULL, *values = NULL;
    int keys = 16, block = 4, split = 0;
    uint64_t seed = 1;
    const struct option_spec specs[] = {
        {"scores", OPTION_STRING, &scores, 1, 0, "'X …'", "of the keys; drawn if not given", 0},
        {"values", OPTION_STRING, &values, 1, 0, "'X …'", "of the keys, a number each", 0},
        {"keys", OPTION_INT, &keys, 1, FLASH_RUN_KEYS, "N", "keys whose scores are drawn", 0},
        {"block", OPTION_INT, &block, 1, FLASH_BLOCK, "N", "keys that are looked at together", 0},
        {"split", OPTION_INT, &split, 1, FLASH_RUN_KEYS, "N",
         "instead: the first N keys and the others apart, then merged", 0},
        {"seed", OPTION_SEED, &seed, 0, 0, "N", "of what is drawn", 0},
    };
    const struct command c = {"flash", "Shows a softmax that never sees all its scores.",
                              "[options]", specs, COUNT_OF(specs)};
    commands_arguments(&c, argc, argv, 0);
    float z[FLASH_RUN_KEYS], v[FLASH_RUN_KEYS];
    struct error e;
    struct random r = random_start(seed, RANDOM_SHUFFLE);
    int n = scores ? read_keys("scores", scores, z) : keys;
    for (int i = 0; i < n; i++) {
        if (!scores) z[i] = 2 * random_normal(&r);
        v[i] = random_normal(&r);
    }
    if (values && read_keys("values", values, v) != n)
        error_must(
            error_set(&e, ERR_VALUE, "--values '%s': expected %d, as many as scores", values, n),
            &e);
    if (split >= n)
        error_must(
            error_set(&e, ERR_VALUE, "--split %d: expected less than %d, the keys", split, n), &e);
    if (split)
        flash_run_merged(n, z, v, block, split, stdout);
    else
        flash_run_blocks(n, z, v, block, stdout);
    return command_end();
}
