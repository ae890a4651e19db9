#include "lab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// vocabulary numbers the characters of both parts together.
static enum err vocabulary(const struct dataset *data, struct chars **chars, struct error *e)
{
    size_t size = data->train.size + data->val.size;
    char *both = malloc(size + 1);
    if (!both) die("out of memory: %zu bytes of text", size);
    memcpy(both, data->train.bytes, data->train.size);
    memcpy(both + data->train.size, data->val.bytes, data->val.size);
    enum err code = chars_new(size, both, chars, e);
    free(both);
    return code;
}

static enum err encode(const struct chars *chars, const struct part *part, struct lab_text *out,
                       struct error *e)
{
    enum { LEAST = 200 };
    enum err code = chars_encode(chars, part->size, part->bytes, &out->ids, &out->count, e);
    if (!code && out->count < LEAST)
        code = error_set(e, ERR_VALUE, "%zu characters: expected at least %d", out->count, LEAST);
    return dataset_in(e, code, part);
}

// hold_back makes the last twentieth of train the text to judge by.
static void hold_back(struct lab_data *d)
{
    size_t cut = d->train.count / 20 * 19;
    d->val.count = d->train.count - cut;
    d->val.ids = realloc(d->val.ids, d->val.count * sizeof *d->val.ids);
    if (!d->val.ids) die("out of memory: %zu characters", d->val.count);
    memcpy(d->val.ids, d->train.ids + cut, d->val.count * sizeof *d->val.ids);
    d->train.count = cut;
    d->floor = (double)NAN;
}

enum err lab_open(const char *name, int tune, struct lab_data *d, struct error *e)
{
    struct lab_data new = {0};
    enum err code = dataset_read(name, &new.data, e);
    if (!code) code = error_in(e, vocabulary(&new.data, &new.chars, e), name);
    if (!code) code = encode(new.chars, &new.data.train, &new.train, e);
    if (!code) code = encode(new.chars, &new.data.val, &new.val, e);
    if (code) {
        lab_close(&new);
        return code;
    }
    new.V = chars_vocab(new.chars);
    new.floor = new.data.val.floor *(double)new.data.val.size / (double)new.val.count;
    if (tune) hold_back(&new);
    *d = new;
    return ERR_NONE;
}

void lab_close(struct lab_data *d)
{
    free(d->train.ids);
    free(d->val.ids);
    chars_free(d->chars);
    dataset_free(&d->data);
    *d = (struct lab_data){0};
}

int32_t lab_draw(int n, const float *weight, float point)
{
    int32_t i = 0;
    for (; i + 1 < n && point >= weight[i]; i++) point -= weight[i];
    return i;
}
