// checkpoint: a run saved and loaded, whenever it died; what does not belong to it refused.
#include "checkpoint.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bytes.h"
#include "check.h"
#include "file.h"
#include "model_file.h"
#include "random.h"
#include "safetensors.h"
#include "shape.h"

static char root[] = "/tmp/checkpoint-XXXXXX";

static int layers = 2;
static float rate = 0.125f;
static uint64_t seed = 9;
static const char *data = "some text";
static int local = 5;

static const struct option_spec OPTIONS[] = {
    {"layers", OPTION_INT, &layers, 1, 100, "N", "", OPTION_FIXED},
    {"lr", OPTION_FLOAT, &rate, 0, 10, "X", "", OPTION_SAVED},
    {"seed", OPTION_SEED, &seed, 0, 0, "N", "", OPTION_FIXED},
    {"data", OPTION_STRING, &data, 1, 0, "WHAT", "", OPTION_FIXED},
    {"threads", OPTION_INT, &local, 0, 100, "N", "", OPTION_LOCAL},
};
enum { LAYERS, RATE, SEED, DATA, LOCAL, COUNT };

static const struct gpt_config SHAPE = {SIZES(7, 4, 2, 2, 8)};
static struct tokenizer *tokens;
static struct arena *memory;

static void begin(void)
{
    cr_assert_not_null(mkdtemp(root));
    cr_assert_eq(chdir(root), 0);
    struct chars *c;
    cr_assert_eq(chars_new(7, "abcdefg", &c, NULL), ERR_NONE);
    tokens = tokenizer_of_chars(c);
    memory = arena_new();
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", root);
    cr_assert_eq(system(command), 0);
    tokenizer_free(tokens);
    arena_free(memory);
}

TestSuite(checkpoint, .init = begin, .fini = end);

// struct run: a model and a state, with numbers that depend on `which`.
struct run {
    struct gpt *model;
    struct state state;
};

static struct run run_of(uint64_t which)
{
    struct run r = {.model = gpt_new(&SHAPE, which)};
    size_t n = gpt_weights(r.model);
    struct random dice = random_start(which, RANDOM_TEST);
    r.state = (struct state){.loss = 1.0 / 3 * (double)which,
                             .epsilon = 1.0 / 7 * (double)which,
                             .step = (int)which,
                             .position = which << 40,
                             .data = 0xFEDCBA9876543210u,
                             .m = arena_floats(memory, n),
                             .v = arena_floats(memory, n)};
    for (size_t i = 0; i < n; i++) {
        // Any bits, NaN and infinity among them: they must come back too.
        gpt_data(r.model)[i] += random_normal(&dice);
        uint32_t bits = random_u32(&dice);
        memcpy(&r.state.m[i], &bits, sizeof bits);
        r.state.v[i] = random_float(&dice);
    }
    return r;
}

static void save(const char *dir, const struct run *r)
{
    struct error e = {.text = ""};
    cr_assert_eq(checkpoint_save(dir, r->model, tokens, &r->state, COUNT, OPTIONS, &e), ERR_NONE,
                 "%s", e.text);
}

// first saves the first checkpoint of a run.
static void first(const char *dir, const struct run *r)
{
    struct error e = {.text = ""};
    cr_assert_eq(file_make_directory(dir, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(checkpoint_begin(dir, r->model, tokens, &r->state, COUNT, OPTIONS, &e), ERR_NONE,
                 "%s", e.text);
}

// holds checks that loading dir gives the run r.
static void holds(const char *dir, const struct run *r, const char *when)
{
    struct run got = run_of(99);
    struct error e = {.text = ""};
    cr_assert_eq(checkpoint_load(dir, got.model, &got.state, &e), ERR_NONE, "%s: %s", when, e.text);
    size_t n = gpt_weights(r->model);
    check_same(n, gpt_data(got.model), gpt_data(r->model), "%s: weights", when);
    check_same(n, got.state.m, r->state.m, "%s: m", when);
    check_same(n, got.state.v, r->state.v, "%s: v", when);
    cr_assert_eq(got.state.step, r->state.step, "%s", when);
    cr_assert_eq(got.state.position, r->state.position, "%s", when);
    cr_assert(got.state.loss == r->state.loss, "%s", when);
    cr_assert(got.state.epsilon == r->state.epsilon, "%s", when);
    gpt_free(got.model);
}

// not_loaded checks that loading dir is refused with that code and words, and that what the
// contract keeps is kept.
static void not_loaded(const char *dir, enum err code, const char *words)
{
    struct run got = run_of(99);
    struct state before = got.state;
    struct error e = {0};
    cr_assert_eq(checkpoint_load(dir, got.model, &got.state, &e), code, "%s: %s", words, e.text);
    cr_assert_eq(e.code, code);
    cr_assert(strstr(e.text, words), "%s", e.text);
    cr_assert_eq(memcmp(&got.state, &before, sizeof before), 0, "the state was touched");
    gpt_free(got.model);
}

static const char *path_of(const char *dir, const char *name)
{
    return arena_string(memory, file_path(dir, name));
}

static void copy(const char *from, const char *to, size_t most)
{
    char *bytes;
    size_t size;
    struct error e = {.text = ""};
    cr_assert_eq(file_read(from, &bytes, &size, &e), ERR_NONE, "%s", e.text);
    FILE *f = fopen(to, "wb");
    cr_assert_not_null(f, "%s", to);
    fwrite(bytes, 1, size < most ? size : most, f);
    cr_assert_eq(fclose(f), 0);
    free(bytes);
}

static int same_file(const char *a, const char *b)
{
    char *x, *y;
    size_t n, m;
    cr_assert(!file_read(a, &x, &n, NULL) && !file_read(b, &y, &m, NULL), "%s, %s", a, b);
    int same = n == m && memcmp(x, y, n) == 0;
    free(x), free(y);
    return same;
}

static const char *const FILES[] = {"state.safetensors", "model.safetensors", "config.json",
                                    "tokenizer.json"};

static void no_temporaries(const char *dir)
{
    for (int i = 0; i < 4; i++) {
        char name[40];
        snprintf(name, sizeof name, "%s.new", FILES[i]);
        cr_assert_not(file_exists(path_of(dir, name)), "%s is left behind", name);
    }
}

// --- there and back --------------------------------------------------------------------------

Test(checkpoint, what_is_loaded_has_the_bits_that_were_saved)
{
    struct run a = run_of(1), b = run_of(2);
    cr_assert_not(checkpoint_exists("run"));
    first("run", &a);
    cr_assert(checkpoint_exists("run"));
    holds("run", &a, "the first");
    no_temporaries("run");
    save("run", &b);
    holds("run", &b, "the next");
    no_temporaries("run");
    struct gpt *m;
    struct tokenizer *tok;
    struct error e = {.text = ""};
    cr_assert_eq(model_read("run", &m, &tok, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_checksum(m), model_checksum(b.model), "the model can be used by itself");
}

Test(checkpoint, the_same_run_gives_the_same_bytes)
{
    struct run a = run_of(1);
    first("one", &a);
    first("two", &a);
    for (int i = 0; i < 4; i++)
        cr_assert(same_file(path_of("one", FILES[i]), path_of("two", FILES[i])), "%s", FILES[i]);
}

Test(checkpoint, begin_replaces_another_run)
{
    struct run a = run_of(1), b = run_of(2);
    first("run", &a);
    first("run", &b);
    holds("run", &b, "the other");
    no_temporaries("run");
}

// --- options ---------------------------------------------------------------------------------

static void change_options(void)
{
    layers = 3, rate = 0.5f, seed = 1, data = "another", local = 6;
}

static void options_unchanged(void)
{
    cr_assert(layers == 3 && rate == 0.5f && seed == 1 && strcmp(data, "another") == 0 &&
                  local == 6,
              "an option was touched");
}

Test(checkpoint, options_come_back_but_for_those_that_were_given)
{
    struct run a = run_of(1);
    first("run", &a);
    struct error e = {.text = ""};
    int given[COUNT] = {0};
    change_options();
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_NONE, "%s",
                 e.text);
    cr_assert(layers == 2 && rate == 0.125f && seed == 9 && strcmp(data, "some text") == 0);
    cr_assert_eq(local, 6, "a local option is not saved");
    change_options();
    given[RATE] = 1;
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_NONE);
    cr_assert(rate == 0.5f && layers == 2, "one that may change has changed");
    layers = 2, given[LAYERS] = 1;
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_NONE,
                 "a fixed one may be said again");
}

Test(checkpoint, a_long_name_comes_back_whole)
{
    static char name[3000];
    memset(name, 'x', sizeof name - 1);
    data = name;
    struct run a = run_of(1);
    first("run", &a);
    int given[COUNT] = {0};
    data = "another";
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, NULL), ERR_NONE);
    cr_assert_str_eq(data, name);
}

Test(checkpoint, a_fixed_option_that_differs_is_refused)
{
    struct run a = run_of(1);
    first("run", &a);
    static const int fixed[] = {LAYERS, SEED, DATA};
    static const char *const words[] = {
        "run: the run was begun with --layers 2: --layers 3 is another run", "--seed 9: --seed 1 ",
        "--data some text: --data another "};
    for (int i = 0; i < 3; i++) {
        int given[COUNT] = {0};
        given[fixed[i]] = 1;
        change_options();
        struct error e = {0};
        cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_MATCH);
        cr_assert(e.code == ERR_MATCH && strstr(e.text, words[i]), "%s", e.text);
        options_unchanged();
    }
}

Test(checkpoint, options_that_are_missing_or_impossible_are_refused)
{
    struct run a = run_of(1);
    cr_assert_eq(mkdir("run", 0777), 0);
    struct error e = {0};
    int given[COUNT] = {0};
    change_options();
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_IO);
    cr_assert(strstr(e.text, "run/state.safetensors"), "%s", e.text);
    options_unchanged();
    // As a version without the last one would write it.
    cr_assert_eq(checkpoint_begin("run", a.model, tokens, &a.state, DATA, OPTIONS, &e), ERR_NONE);
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_FORMAT);
    cr_assert(strstr(e.text, "run/state.safetensors") && strstr(e.text, "option.data"), "%s",
              e.text);
    options_unchanged();
    layers = 1000;  // more than the option may be
    cr_assert_eq(checkpoint_begin("run", a.model, tokens, &a.state, COUNT, OPTIONS, &e), ERR_NONE);
    change_options();
    cr_assert_eq(checkpoint_options("run", COUNT, OPTIONS, given, memory, &e), ERR_FORMAT);
    cr_assert(strstr(e.text, "option.layers") && strstr(e.text, "'1000'"), "%s", e.text);
    options_unchanged();
}

// --- death -----------------------------------------------------------------------------------

// Two directories: "run" died while it went from checkpoint a to b, which "next" holds whole.
static void on_the_way(const struct run *a, const struct run *b)
{
    first("run", a);
    first("next", a);
    save("next", b);
}

static void stage(const char *name, size_t most)
{
    char to[80];
    snprintf(to, sizeof to, "run/%s.new", name);
    copy(path_of("next", name), to, most);
}

Test(checkpoint, dead_before_any_renaming_it_is_the_old_one)
{
    struct run a = run_of(1), b = run_of(2);
    on_the_way(&a, &b);
    for (size_t most = 0; most < 5000; most += 777) {
        stage("model.safetensors", most);
        holds("run", &a, "model half written");
    }
    stage("model.safetensors", SIZE_MAX);
    holds("run", &a, "model staged");
    for (size_t most = 0; most < 5000; most += 777) {
        stage("state.safetensors", most);
        holds("run", &a, "state half written");
    }
    stage("state.safetensors", SIZE_MAX);
    holds("run", &a, "both staged");
    save("run", &b);
    holds("run", &b, "and it goes on from there");
    no_temporaries("run");
}

Test(checkpoint, dead_between_the_renamings_it_is_the_new_one)
{
    struct run a = run_of(1), b = run_of(2);
    on_the_way(&a, &b);
    stage("model.safetensors", SIZE_MAX);
    copy("next/state.safetensors", "run/state.safetensors", SIZE_MAX);
    holds("run", &b, "state renamed");
    cr_assert(same_file("run/model.safetensors", "next/model.safetensors"), "not renamed");
    no_temporaries("run");
    holds("run", &b, "and again");
}

Test(checkpoint, a_first_checkpoint_may_die_there_too)
{
    struct run a = run_of(1);
    first("run", &a);
    cr_assert_eq(rename("run/model.safetensors", "run/model.safetensors.new"), 0);
    holds("run", &a, "state renamed, no model yet");
    cr_assert(file_exists("run/model.safetensors"));
}

Test(checkpoint, a_new_state_whose_model_is_gone_is_refused)
{
    struct run a = run_of(1), b = run_of(2);
    on_the_way(&a, &b);
    copy("next/state.safetensors", "run/state.safetensors", SIZE_MAX);
    not_loaded("run", ERR_MATCH, "run/model.safetensors: these are not the weights");
    stage("model.safetensors", 1000);
    not_loaded("run", ERR_MATCH, "run/model.safetensors: these are not the weights");
    cr_assert(file_exists("run/model.safetensors"), "nothing is deleted");
    unlink("run/model.safetensors");
    not_loaded("run", ERR_IO, "run/model.safetensors: cannot open");
}

// not_saved lets saving fail where the file `obstacle` would be staged.
static void not_saved(const char *obstacle, const struct run *b, int begins)
{
    char path[80];
    snprintf(path, sizeof path, "run/%s.new", obstacle);
    cr_assert_eq(mkdir(path, 0777), 0);
    struct error e = {0};
    enum err code = begins
                      ? checkpoint_begin("run", b->model, tokens, &b->state, COUNT, OPTIONS, &e)
                      : checkpoint_save("run", b->model, tokens, &b->state, COUNT, OPTIONS, &e);
    cr_assert_eq(code, ERR_IO, "%s", obstacle);
    cr_assert(strstr(e.text, obstacle), "%s", e.text);
    cr_assert_eq(rmdir(path), 0);
    no_temporaries("run");
    for (int i = 0; i < 4; i++)
        cr_assert(same_file(path_of("run", FILES[i]), path_of("kept", FILES[i])),
                  "%s has changed when %s could not be written", FILES[i], obstacle);
}

Test(checkpoint, one_that_cannot_be_written_leaves_the_old_one)
{
    struct run a = run_of(1), b = run_of(2);
    first("run", &a);
    first("kept", &a);
    not_saved("model.safetensors", &b, 0);
    not_saved("state.safetensors", &b, 0);
    for (int i = 0; i < 4; i++) not_saved(FILES[i], &b, 1);
    data = "\xFF";  // what no metadata can hold
    struct error e = {0};
    cr_assert_eq(checkpoint_begin("run", b.model, tokens, &b.state, COUNT, OPTIONS, &e), ERR_UTF8);
    no_temporaries("run");
    holds("run", &a, "after all this");
}

Test(checkpoint, one_that_dies_while_it_replaces_a_run_leaves_no_mixture)
{
    struct run a = run_of(1), b = run_of(2);
    first("run", &a);
    // Everything is staged, and then the description cannot be renamed.
    unlink("run/config.json");
    cr_assert_eq(mkdir("run/config.json", 0777), 0);
    struct error e = {0};
    cr_assert_eq(checkpoint_begin("run", b.model, tokens, &b.state, COUNT, OPTIONS, &e), ERR_IO);
    cr_assert(strstr(e.text, "run/config.json"), "%s", e.text);
    cr_assert_not(checkpoint_exists("run"), "an old state beside new files");
    cr_assert_not(file_exists("run/model.safetensors"), "an old model beside new files");
    no_temporaries("run");
    cr_assert_eq(rmdir("run/config.json"), 0);
    first("run", &b);
    holds("run", &b, "begun again");
}

// --- what does not belong together -----------------------------------------------------------

Test(checkpoint, other_data_are_refused)
{
    struct run a = run_of(1);
    first("run", &a);
    struct run got = run_of(3);
    got.state.data ^= 1;
    struct error e = {0};
    cr_assert_eq(checkpoint_load("run", got.model, &got.state, &e), ERR_MATCH);
    cr_assert(strstr(e.text, "run: the run was begun on other tokens"), "%s", e.text);
    cr_assert(got.state.step == 3 && got.state.position == (uint64_t)3 << 40);
}

Test(checkpoint, another_shape_is_refused)
{
    struct run a = run_of(1);
    first("run", &a);
    // The same number of weights in the same shapes, and other heads.
    struct gpt_config other = SHAPE;
    other.heads = 4;
    struct gpt *m = gpt_new(&other, 1);
    struct error e = {0};
    struct state s = a.state;
    cr_assert_eq(checkpoint_load("run", m, &s, &e), ERR_MATCH);
    cr_assert(strstr(e.text, "run/config.json"), "%s", e.text);
    cr_assert_eq(memcmp(&s, &a.state, sizeof s), 0);
    gpt_free(m);
    unlink("run/config.json");
    not_loaded("run", ERR_IO, "run/config.json");
}

Test(checkpoint, the_state_of_another_run_is_refused)
{
    struct run a = run_of(1), b = run_of(2);
    first("run", &a);
    first("other", &b);
    copy("other/state.safetensors", "run/state.safetensors", SIZE_MAX);
    not_loaded("run", ERR_MATCH, "run/model.safetensors");
    copy("other/model.safetensors", "run/state.safetensors", SIZE_MAX);
    not_loaded("run", ERR_FORMAT, "run/state.safetensors");
}

Test(checkpoint, a_damaged_state_is_refused)
{
    struct run a = run_of(1);
    first("run", &a);
    size_t size;
    char *bytes;
    cr_assert_eq(file_read("run/state.safetensors", &bytes, &size, NULL), ERR_NONE);
    for (size_t n = 0; n < size; n += 1 + size / 50) {
        copy("run/state.safetensors", "cut", n);
        cr_assert_eq(rename("run/state.safetensors", "whole"), 0);
        cr_assert_eq(rename("cut", "run/state.safetensors"), 0);
        not_loaded("run", ERR_SHORT, "run/state.safetensors");
        cr_assert_eq(rename("whole", "run/state.safetensors"), 0);
    }
    holds("run", &a, "made whole");
}

// numbers writes a state whose metadata has these numbers.
static void numbers(const char *step, const char *position)
{
    const struct safetensors_pair pairs[] = {{"data", "18364758544493064720"},
                                             {"weights", "1"},
                                             {"loss", "2.5"},
                                             {"epsilon", "0"},
                                             {"step", step},
                                             {"position", position}};
    cr_assert_eq(safetensors_stage("run/state.safetensors", 0, NULL, position ? 6 : 5, pairs, NULL),
                 ERR_NONE);
    cr_assert_eq(output_publish("run/state.safetensors", NULL), ERR_NONE);
}

Test(checkpoint, a_state_without_its_numbers_is_refused)
{
    struct run a = run_of(1);
    first("run", &a);
    static const char *const bad[] = {"",   "-1", " 1",         "+1",
                                      "1x", "x",  "2147483648", "18446744073709551616"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        numbers(bad[i], "1");
        not_loaded("run", ERR_FORMAT, "run/state.safetensors: metadata \"step\"");
        numbers("1", strcmp(bad[i], "2147483648") == 0 ? "x" : bad[i]);
        not_loaded("run", ERR_FORMAT, "run/state.safetensors: metadata \"position\"");
    }
    numbers("1", NULL);
    not_loaded("run", ERR_FORMAT, "run/state.safetensors: metadata \"position\"");
    // With numbers the moments are looked for.
    numbers("1", "1");
    not_loaded("run", ERR_MATCH, "run/state.safetensors");
}

// --- one process at a time -------------------------------------------------------------------

// asks returns the code that another process gets who asks for the directory's lock.
static enum err asks(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        int lock;
        struct error e = {.text = ""};
        enum err code = file_lock("run", &lock, &e);
        if (code && strcmp(e.text, "run: another process is working in it") != 0) _exit(99);
        _exit((int)code);
    }
    cr_assert(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
    return (enum err)WEXITSTATUS(status);
}

Test(checkpoint, a_directory_is_one_process_own)
{
    cr_assert_eq(mkdir("run", 0777), 0);
    int lock = -1;
    cr_assert_eq(asks(), ERR_NONE);
    cr_assert_eq(file_lock("run", &lock, NULL), ERR_NONE, "a process that ended has unlocked");
    cr_assert_eq(asks(), ERR_IO);
    file_unlock(lock);
    cr_assert_eq(asks(), ERR_NONE);
    lock = -7;
    struct error e = {0};
    cr_assert_eq(file_lock("nosuch", &lock, &e), ERR_IO);
    cr_assert(strstr(e.text, "nosuch") && lock == -7, "%s", e.text);
    cr_assert_eq(rmdir("run"), 0, "a lock leaves no file");
}
