#include "checkpoint.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_file.h"
#include "file.h"
#include "model_file.h"
#include "safetensors.h"

static const char STATE[] = "state.safetensors";

enum { NUMBERS = 6 };  // beside the options

int checkpoint_exists(const char *dir)
{
    char *path = file_path(dir, STATE);
    int exists = file_exists(path);
    free(path);
    return exists;
}

// --- writing ---------------------------------------------------------------------------------

static char *number(struct arena *a, uint64_t x)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, x);
    return arena_string(a, text);
}

static char *join(struct arena *a, const char *left, const char *right)
{
    char *s = arena_alloc(a, strlen(left) + strlen(right) + 1);
    return strcat(strcpy(s, left), right);
}

// moments describes both moments of every weight tensor: 2 * gpt_params(m) tensors.
static struct safetensors_tensor *moments(struct arena *a, const struct gpt *m,
                                          const struct state *s)
{
    int count = gpt_params(m);
    struct safetensors_tensor *t = arena_alloc(a, sizeof *t * 2 * (size_t)count);
    for (int which = 0; which < 2; which++) {
        const float *at = which ? s->v : s->m;
        for (int i = 0; i < count; i++) {
            struct param p = gpt_param(m, i);
            struct safetensors_tensor *x = &t[which * count + i];
            *x = (struct safetensors_tensor){.name = join(a, p.name, which ? ".v" : ".m"),
                                             .dtype = SAFETENSORS_F32,
                                             .rank = p.rank,
                                             .shape = {p.shape[0], p.shape[1]},
                                             .data = at};
            at += p.size;
        }
    }
    return t;
}

static enum err stage_state(const char *dir, const struct gpt *m, const struct state *s, int count,
                            const struct option_spec *options, struct error *e)
{
    struct arena *a = arena_new();
    struct safetensors_pair *pairs = arena_alloc(a, sizeof *pairs * (size_t)(NUMBERS + count));
    int n = 0;
    pairs[n++] = (struct safetensors_pair){"step", number(a, (uint64_t)s->step)};
    pairs[n++] = (struct safetensors_pair){"position", number(a, s->position)};
    pairs[n++] = (struct safetensors_pair){"data", number(a, s->data)};
    pairs[n++] = (struct safetensors_pair){"weights", number(a, model_checksum(m))};
    char loss[32], epsilon[32];
    snprintf(loss, sizeof loss, "%.17g", s->loss);  // reads back as the same double
    snprintf(epsilon, sizeof epsilon, "%.17g", s->epsilon);
    pairs[n++] = (struct safetensors_pair){"loss", loss};
    pairs[n++] = (struct safetensors_pair){"epsilon", epsilon};
    for (int i = 0; i < count; i++) {
        if (options[i].saved == OPTION_LOCAL) continue;
        pairs[n++] = (struct safetensors_pair){join(a, "option.", options[i].name),
                                               option_text(&options[i], a)};
    }
    char *path = file_path(dir, STATE);
    enum err code = safetensors_stage(path, 2 * gpt_params(m), moments(a, m, s), n, pairs, e);
    free(path);
    arena_free(a);
    return code;
}

// withdraw removes what was staged.
static void withdraw(const char *dir)
{
    char *path = file_path(dir, STATE);
    output_withdraw(path);
    free(path);
    model_withdraw(dir);
}

static enum err stage(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                      const struct state *s, int count, const struct option_spec *options,
                      struct error *e)
{
    enum err code = model_stage(dir, m, tok, s->step, e);
    return code ? code : stage_state(dir, m, s, count, options, e);
}

static enum err publish(const char *dir, struct error *e)
{
    char *path = file_path(dir, STATE);
    enum err code = output_publish(path, e);
    free(path);
    if (code) {
        withdraw(dir);
        return code;
    }
    // From here on the staged model is the one that counts, whatever becomes of its renaming.
    return model_publish(dir, e);
}

enum err checkpoint_save(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                         const struct state *s, int count, const struct option_spec *options,
                         struct error *e)
{
    enum err code = stage(dir, m, tok, s, count, options, e);
    if (!code) return publish(dir, e);
    withdraw(dir);
    return code;
}

// clear removes an old run, its state first: what is left without it is no run.
static enum err clear(const char *dir, struct error *e)
{
    char *path = file_path(dir, STATE);
    enum err code = file_remove(path, e);
    free(path);
    return code ? code : model_remove(dir, e);
}

enum err checkpoint_begin(const char *dir, const struct gpt *m, const struct tokenizer *tok,
                          const struct state *s, int count, const struct option_spec *options,
                          struct error *e)
{
    enum err code = model_describe(dir, gpt_config(m), tok, e);
    if (!code) code = stage(dir, m, tok, s, count, options, e);
    if (!code) code = clear(dir, e);
    if (!code) code = model_publish_description(dir, e);
    if (!code) return publish(dir, e);
    withdraw(dir);
    return code;
}

// --- reading ---------------------------------------------------------------------------------

static enum err open_state(const char *dir, struct safetensors **st, struct error *e)
{
    char *path = file_path(dir, STATE);
    enum err code = safetensors_open(path, st, e);
    free(path);
    return code;
}

// read_number reads a metadata entry that must be there.
static enum err read_number(const char *dir, const struct safetensors *st, const char *key,
                            uint64_t most, uint64_t *out, struct error *e)
{
    const char *text = safetensors_metadata(st, key);
    char *end = NULL;
    errno = 0;
    uint64_t x = text && isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
    if (!end || *end || errno || x > most)
        return error_set(e, ERR_FORMAT, "%s/%s: metadata \"%s\": expected a number up to %" PRIu64,
                         dir, STATE, key, most);
    *out = x;
    return ERR_NONE;
}

static enum err read_real(const char *dir, const struct safetensors *st, const char *key,
                          double *out, struct error *e)
{
    const char *text = safetensors_metadata(st, key);
    char *end = NULL;
    double x = text ? strtod(text, &end) : 0;
    if (!end || end == text || *end || !isfinite(x))
        return error_set(e, ERR_FORMAT, "%s/%s: metadata \"%s\": expected a number", dir, STATE,
                         key);
    *out = x;
    return ERR_NONE;
}

// check_saved says whether an option can take its saved text.
static enum err check_saved(const char *dir, const struct option_spec *o, int given,
                            const char *text, struct arena *a, struct error *e)
{
    union {
        int number;
        uint64_t seed;
        float real;
        const char *text;
    } trial;
    struct option_spec probe = *o;
    probe.value = &trial;
    char where[64];
    snprintf(where, sizeof where, "metadata \"option.%s\"", o->name);
    struct error why = {.text = "missing"};
    if (!text || option_set(&probe, text, &why))
        return error_set(e, ERR_FORMAT, "%s/%s: %s: %s", dir, STATE, where, why.text);
    const char *now = option_text(o, a);
    if (given && o->saved == OPTION_FIXED && strcmp(now, text) != 0)
        return error_set(e, ERR_MATCH, "%s: the run was begun with --%s %s: --%s %s is another run",
                         dir, o->name, text, o->name, now);
    return ERR_NONE;
}

enum err checkpoint_options(const char *dir, int count, const struct option_spec *options,
                            const int *given, struct arena *a, struct error *e)
{
    CHECK(count <= OPTIONS_MAX, "count=%d", count);
    struct safetensors *st;
    enum err code = open_state(dir, &st, e);
    if (code) return code;
    const char *text[OPTIONS_MAX] = {NULL};
    for (int i = 0; i < count && !code; i++) {
        if (options[i].saved == OPTION_LOCAL) continue;
        text[i] = safetensors_metadata(st, join(a, "option.", options[i].name));
        code = check_saved(dir, &options[i], given[i], text[i], a, e);
    }
    for (int i = 0; i < count && !code; i++) {
        if (text[i] && !given[i]) code = option_set(&options[i], arena_string(a, text[i]), e);
    }
    safetensors_close(st);
    return code;
}

static enum err load_moments(const struct safetensors *st, const struct gpt *m,
                             const struct state *s, struct error *e)
{
    struct arena *a = arena_new();
    enum err code = ERR_NONE;
    size_t at = 0;
    const struct safetensors_tensor *want = moments(a, m, s), *found;
    for (int i = 0; i < 2 * gpt_params(m) && !code; i++) {
        code = safetensors_want(st, want[i].name, want[i].rank, want[i].shape, &found, e);
        if (code) break;
        float *out = (i < gpt_params(m) ? s->m : s->v) + at;
        code = safetensors_floats(st, found, out, e);
        at += gpt_param(m, i % gpt_params(m)).size;
        if (i + 1 == gpt_params(m)) at = 0;
    }
    arena_free(a);
    return code;
}

// load_weights finds the weights with that checksum: in place, or staged by a run that died
// before the second rename, which is then done.
static enum err load_weights(const char *dir, struct gpt *m, uint64_t checksum, struct error *e)
{
    struct error first, second;
    enum err code = model_weights(dir, m, &first);
    if (!code && model_checksum(m) == checksum) return ERR_NONE;
    if (!model_staged(dir, m, &second) && model_checksum(m) == checksum)
        return model_publish(dir, e);
    if (code) return error_set(e, code, "%s", first.text);
    return error_set(e, ERR_MATCH,
                     "%s/model.safetensors: these are not the weights that %s belongs to", dir,
                     STATE);
}

// check_config sees to it that what this run trains can be read again.
static enum err check_config(const char *dir, const struct gpt *m, struct error *e)
{
    struct gpt_config c;
    enum err code = config_file_read(dir, &c, e);
    if (!code && memcmp(&c, gpt_config(m), sizeof c) != 0)
        code = error_set(e, ERR_MATCH, "%s/%s: the run was begun with another shape", dir,
                         CONFIG_FILE);
    return code;
}

const char *checkpoint_data(const char *dir, struct arena *a)
{
    struct safetensors *st;
    if (open_state(dir, &st, NULL)) return NULL;
    const char *text = safetensors_metadata(st, "option.data");
    if (text) text = arena_string(a, text);
    safetensors_close(st);
    return text;
}

enum err checkpoint_load(const char *dir, struct gpt *m, struct state *s, struct error *e)
{
    struct safetensors *st;
    enum err code = open_state(dir, &st, e);
    if (code) return code;
    uint64_t step = 0, position = 0, data = 0, weights = 0;
    double loss = 0, epsilon = 0;
    code = read_number(dir, st, "step", INT_MAX, &step, e);
    if (!code) code = read_number(dir, st, "position", UINT64_MAX, &position, e);
    if (!code) code = read_number(dir, st, "data", UINT64_MAX, &data, e);
    if (!code) code = read_number(dir, st, "weights", UINT64_MAX, &weights, e);
    if (!code) code = read_real(dir, st, "loss", &loss, e);
    if (!code) code = read_real(dir, st, "epsilon", &epsilon, e);
    if (!code && data != s->data)
        code = error_set(e, ERR_MATCH,
                         "%s: the run was begun on other tokens: the text of --data or "
                         "tokenizer.json has changed",
                         dir);
    if (!code) code = check_config(dir, m, e);
    if (!code) code = load_moments(st, m, s, e);
    if (!code) code = load_weights(dir, m, weights, e);
    safetensors_close(st);
    if (!code) s->step = (int)step, s->position = position, s->loss = loss, s->epsilon = epsilon;
    return code;
}
