// published: models as Hugging Face writes them give what it computes (tests/golden/make_hf.py),
// and are written back as they were; shards that do not fit.
#include "published.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "check.h"
#include "config_file.h"
#include "file.h"
#include "llama2c.h"
#include "model_file.h"
#include "ride.h"
#include "safetensors.h"
#include "shards.h"
#include "writer.h"

enum { B = 2, T = 12, PROMPT = 4 };

static char directory[] = "/tmp/published-XXXXXX";

static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    cr_assert_eq(system(command), 0);
}

TestSuite(published, .init = begin, .fini = end);

static struct gpt *model_in(const char *dir)
{
    struct gpt_config c;
    struct error e = {.text = ""};
    cr_assert_eq(config_file_read(dir, &c, &e), ERR_NONE, "%s", e.text);
    struct gpt *m = gpt_new(&c, 1);
    cr_assert_eq(model_weights(dir, m, &e), ERR_NONE, "%s", e.text);
    return m;
}

// expect compares logits and the greedy continuation with those in a golden file.
static void expect(const struct gpt *m, const char *golden)
{
    struct safetensors *st = check_golden(golden);
    size_t n = (size_t)B * T * (size_t)gpt_config(m)->vocab;
    struct tape *t = tape_new();
    int32_t tokens[B * T], ids[T];
    memcpy(tokens, check_golden_ids(st, "tokens", B * T), sizeof tokens);
    int logits = gpt_forward(m, t, 0, B, T, tokens);
    check_relative(n, tape_data(t, logits), check_golden_floats(st, "logits", n), 1e-5, "logits");
    const int32_t *greedy = check_golden_ids(st, "greedy", T);
    memcpy(ids, greedy, PROMPT * sizeof *ids);
    for (int i = PROMPT; i < T; i++) {
        ids[i] = ride_argmax(gpt_config(m)->vocab, writer_next(m, t, i, ids));
        cr_assert_eq(ids[i], greedy[i], "token %d is %d, expected %d", i, ids[i], greedy[i]);
    }
    tape_free(t);
    safetensors_close(st);
}

// comes_back writes the model and compares the file, tensor by tensor, with the one it came from.
static void comes_back(const struct gpt *m, const char *dir, const char *prefix)
{
    struct chars *c;
    struct error e = {.text = ""};
    cr_assert_eq(chars_new(1, "a", &c, NULL), ERR_NONE);
    struct tokenizer *tok = tokenizer_of_chars(c);
    cr_assert_eq(model_stage(directory, m, tok, 0, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(model_publish(directory, &e), ERR_NONE, "%s", e.text);
    struct shards *theirs, *ours;
    cr_assert_eq(shards_open(dir, SHARDS_ONE, &theirs, &e), ERR_NONE, "%s", e.text);
    cr_assert_eq(shards_open(directory, SHARDS_ONE, &ours, &e), ERR_NONE, "%s", e.text);
    int count = 0;
    for (int i = 0; i < shards_count(theirs); i++) {
        const struct safetensors *st = shards_at(theirs, i), *found;
        for (int k = 0; k < safetensors_count(st); k++, count++) {
            const struct safetensors_tensor *want = safetensors_at(st, k), *got;
            const char *name = want->name + strlen(prefix);
            cr_assert_eq(shards_want(ours, name, want->rank, want->shape, &found, &got, &e),
                         ERR_NONE, "%s", e.text);
            float *x = malloc(got->size), *y = malloc(got->size);
            cr_assert_eq(safetensors_floats(st, want, x, &e), ERR_NONE, "%s", e.text);
            cr_assert_eq(safetensors_floats(found, got, y, &e), ERR_NONE, "%s", e.text);
            check_same(got->size / sizeof *x, y, x, "%s", name);
            free(x);
            free(y);
        }
    }
    cr_assert_eq(safetensors_count(shards_at(ours, 0)), count);
    shards_close(theirs);
    shards_close(ours);
    tokenizer_free(tok);
}

Test(published, gpt2)
{
    struct gpt *m = model_in(GOLDEN "/hf/gpt2");
    const struct gpt_config *c = gpt_config(m);
    cr_assert(c->hidden == 20 && c->epsilon == 1e-3f && !c->untied && c->groups == 2);
    expect(m, "hf/gpt2/expected");
    comes_back(m, GOLDEN "/hf/gpt2", "transformer.");
    gpt_free(m);
}

Test(published, llama_in_shards)
{
    struct gpt *m = model_in(GOLDEN "/hf/llama");
    const struct gpt_config *c = gpt_config(m);
    cr_assert(gpt_is_llama(c) && c->untied && c->groups == 2 && c->hidden == 12);
    cr_assert(c->epsilon == 1e-3f && c->rotary_base == 10000);
    expect(m, "hf/llama/expected");
    comes_back(m, GOLDEN "/hf/llama", "");
    gpt_free(m);
}

Test(published, llama_in_bfloat16)
{
    struct gpt *m = model_in(GOLDEN "/hf/llama_bf16");
    const struct gpt_config *c = gpt_config(m);
    cr_assert(gpt_is_llama(c) && !c->untied && c->groups == 1);
    cr_assert(c->epsilon == 1e-6f && c->rotary_base == 500);
    expect(m, "hf/llama_bf16/expected");
    comes_back(m, GOLDEN "/hf/llama_bf16", "");
    gpt_free(m);
}

Test(published, llama2_c)
{
    struct gpt *m;
    struct error e = {.text = ""};
    cr_assert_eq(llama2c_read(GOLDEN "/llama/model.bin", &m, &e), ERR_NONE, "%s", e.text);
    expect(m, "llama/expected");
    gpt_free(m);
}

// A shape that is neither has the layout of our own arrays: only ours reads it.
Test(published, a_shape_of_our_own)
{
    struct gpt_config c = {.vocab = 5, .context = 4, .layers = 1, .heads = 2, .channels = 8};
    gpt_llama(&c);
    c.unbiased = 0;
    struct gpt *m = gpt_new(&c, 1);
    for (int i = 0; i < gpt_params(m); i++) {
        struct param p = gpt_param(m, i);
        struct published part[PUBLISHED_PARTS];
        cr_assert_eq(published_parts(gpt_config(m), &p, part), 1);
        cr_assert_str_eq(part[0].name, p.name);
        cr_assert(part[0].heads == 0 && part[0].size == p.size);
    }
    gpt_free(m);
}

// --- shards ----------------------------------------------------------------------------------

static void put_index(const char *json)
{
    char *path = file_path(directory, SHARDS_INDEX);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(json, f);
    cr_assert_eq(fclose(f), 0);
    free(path);
}

static void refused(enum err code, const char *says)
{
    struct gpt_config c;
    struct error e = {.text = ""};
    cr_assert_eq(config_file_read(GOLDEN "/hf/llama", &c, &e), ERR_NONE, "%s", e.text);
    struct gpt *m = gpt_new(&c, 1);
    cr_assert_eq(model_weights(directory, m, &e), code, "%s: %s", says, e.text);
    cr_assert_eq(strncmp(e.text, directory, strlen(directory)), 0, "%s", e.text);
    cr_assert_not_null(strstr(e.text, says), "%s; expected %s", e.text, says);
    gpt_free(m);
}

Test(published, shards_that_do_not_fit)
{
    char command[256];
    snprintf(command, sizeof command, "cp %s/hf/llama/model* '%s'", GOLDEN, directory);
    cr_assert_eq(system(command), 0);
    char *text, *path = file_path(directory, SHARDS_INDEX);
    size_t size;
    cr_assert_eq(file_read(path, &text, &size, NULL), ERR_NONE);
    free(path);
    static const struct {
        const char *from, *to;
        enum err code;
        const char *says;
    } cases[] = {
        {"\"model.norm.weight\"", "\"model.norm.wait\"", ERR_MATCH,
         "/model.safetensors.index.json: tensor 'model.norm.weight' is missing"},
        {"\"model.norm.weight\": \"model-00003", "\"model.norm.weight\": \"model-00001", ERR_MATCH,
         "/model-00001-of-00003.safetensors: tensor 'model.norm.weight' is missing"},
        {"\"model.norm.weight\": \"model-00003", "\"model.norm.weight\": \"model-00004", ERR_IO,
         "/model-00004-of-00003.safetensors: cannot open"},
        {"\"model.norm.weight\": \"model-00003", "\"model.norm.weight\": \"../x/model-00003",
         ERR_FORMAT, "tensor 'model.norm.weight': expected a file's name"},
        {"\"model.norm.weight\": \"model-00003-of-00003.safetensors\"", "\"model.norm.weight\": 3",
         ERR_FORMAT, "tensor 'model.norm.weight': expected a file's name"},
        {"\"weight_map\"", "\"weight_list\"", ERR_FORMAT,
         "/model.safetensors.index.json: weight_map: expected an object of names and files"},
        {"\"metadata\"", "metadata", ERR_FORMAT, "/model.safetensors.index.json: line 2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *at = strstr(text, cases[i].from);
        cr_assert_not_null(at, "%s", cases[i].from);
        char *changed = malloc(size + strlen(cases[i].to) + 1);
        sprintf(changed, "%.*s%s%s", (int)(at - text), text, cases[i].to,
                at + strlen(cases[i].from));
        put_index(changed);
        refused(cases[i].code, cases[i].says);
        free(changed);
    }
    put_index("[]");
    refused(ERR_FORMAT, "weight_map: expected an object of names and files");
    put_index("{\"weight_map\": {}}");
    refused(ERR_MATCH, "tensor 'model.embed_tokens.weight' is missing");
    put_index(text);
    snprintf(command, sizeof command, "rm '%s'/model-00002-of-00003.safetensors", directory);
    cr_assert_eq(system(command), 0);
    refused(ERR_IO, "/model-00002-of-00003.safetensors: cannot open");
    free(text);
}
