#include "checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "file.h"
#include "model_file.h"
#include "safetensors.h"

static const char STATE[] = "state.safetensors";

enum { TEXT = 1024, NUMBERS = 5 };

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
            struct gpt_param p = gpt_param(m, i);
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
    for (int i = 0; i < count; i++) {
        if (options[i].saved == OPTION_LOCAL) continue;
        char text[TEXT];
        option_text(&options[i], text, sizeof text);
        pairs[n++] =
            (struct safetensors_pair){join(a, "option.", options[i].name), arena_string(a, text)};
    }
    char *path = file_path(dir, STATE);
    enum err code = safetensors_stage(path, 2 * gpt_params(m), moments(a, m, s), n, pairs, e);
    free(path);
    arena_free(a);
    return code;
}

enum err checkpoint_save(const char *dir, const struct gpt *m, const struct state *s, int count,
                         const struct option_spec *options, struct error *e)
{
    enum err code = model_stage(dir, m, s->step, e);
    if (!code) code = stage_state(dir, m, s, count, options, e);
    if (code) return code;
    char *path = file_path(dir, STATE);
    code = output_publish(path, e);
    free(path);
    return code ? code : model_publish(dir, e);
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
                            uint64_t *out, struct error *e)
{
    const char *text = safetensors_metadata(st, key);
    char *end;
    uint64_t x = text ? strtoull(text, &end, 10) : 0;
    if (!text || end == text || *end)
        return error_set(e, ERR_FORMAT, "%s/%s: metadata \"%s\" is missing or not a number", dir,
                         STATE, key);
    *out = x;
    return ERR_NONE;
}

// restore sets one option to its saved text, or compares it.
static enum err restore(const char *dir, const struct option_spec *o, int given, const char *text,
                        struct arena *a, struct error *e)
{
    char now[TEXT];
    option_text(o, now, sizeof now);
    if (!given) return option_set(o, arena_string(a, text), e);
    if (o->saved == OPTION_FIXED && strcmp(now, text) != 0)
        return error_set(e, ERR_MATCH, "%s: the run was begun with --%s %s: --%s %s is another run",
                         dir, o->name, text, o->name, now);
    return ERR_NONE;
}

enum err checkpoint_options(const char *dir, int count, const struct option_spec *options,
                            const int *given, struct arena *a, struct error *e)
{
    struct safetensors *st;
    enum err code = open_state(dir, &st, e);
    if (code) return code;
    for (int i = 0; i < count && !code; i++) {
        if (options[i].saved == OPTION_LOCAL) continue;
        char key[64];
        snprintf(key, sizeof key, "option.%s", options[i].name);
        const char *text = safetensors_metadata(st, key);
        if (text)
            code = restore(dir, &options[i], given[i], text, a, e);
        else
            code = error_set(e, ERR_FORMAT, "%s/%s: metadata \"%s\" is missing", dir, STATE, key);
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

enum err checkpoint_load(const char *dir, struct gpt *m, struct state *s, struct error *e)
{
    struct safetensors *st;
    enum err code = open_state(dir, &st, e);
    if (code) return code;
    uint64_t step = 0, position = 0, data = 0, weights = 0;
    code = read_number(dir, st, "step", &step, e);
    if (!code) code = read_number(dir, st, "position", &position, e);
    if (!code) code = read_number(dir, st, "data", &data, e);
    if (!code) code = read_number(dir, st, "weights", &weights, e);
    if (!code && data != s->data)
        code =
            error_set(e, ERR_MATCH, "%s: the run was begun on another text than --data names", dir);
    if (!code) code = load_moments(st, m, s, e);
    if (!code) code = load_weights(dir, m, weights, e);
    safetensors_close(st);
    if (!code) s->step = (int)step, s->position = position;
    return code;
}
