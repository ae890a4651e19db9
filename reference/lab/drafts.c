#include "drafts.h"

#include <stdlib.h>
#include <string.h>

#include "net.h"

// finished tells whether a draft has its words, and a character behind them.
static int finished(const struct lexicon *w, const int32_t *text, int length)
{
    size_t at = 0, begin, size;
    for (int k = 0; k < DRAFTS_WORDS; k++) {
        size = lexicon_next(w, text + at, (size_t)length - at, &begin);
        if (!size) return 0;
        at += begin + size;
    }
    return at < (size_t)length;
}

void drafts_write(const struct lab_learner *writer, int V, const struct lexicon *w,
                  const int32_t *ids, size_t at, struct random *r, struct drafts *d)
{
    CHECK(at >= DRAFTS_BEFORE, "at=%zu", at);
    float *p = net_zeros(LAB_BATCH * (size_t)V);
    int open[DRAFTS_MOST], count = DRAFTS_MOST;
    for (int i = 0; i < DRAFTS_MOST; i++) {
        memcpy(d->ids + i * DRAFTS_ROW, ids + at - DRAFTS_BEFORE, DRAFTS_BEFORE * sizeof *ids);
        d->length[i] = 0;
        open[i] = i;
    }
    while (count > 0) {
        size_t place[DRAFTS_MOST];
        for (int k = 0; k < count; k++) {
            int32_t *next = d->ids + open[k] * DRAFTS_ROW + DRAFTS_BEFORE + d->length[open[k]];
            *next = 0;  // a rule may not look at it, but what it holds is copied with the rest
            place[k] = (size_t)(next - d->ids);
        }
        writer->rule->predict(writer->state, (struct lab_places){d->ids, count, place}, p);
        int left = 0;
        for (int k = 0; k < count; k++) {
            int i = open[k];
            d->ids[place[k]] = lab_draw(V, p + k * V, random_float(r));
            d->length[i]++;
            const int32_t *text = d->ids + i * DRAFTS_ROW + DRAFTS_BEFORE;
            if (d->length[i] < DRAFTS_LONGEST && !finished(w, text, d->length[i])) open[left++] = i;
        }
        count = left;
    }
    free(p);
}

void drafts_judge(const struct lab_learner *judge, int V, const struct drafts *d, float *p)
{
    float *row = net_zeros(LAB_BATCH * (size_t)V);
    for (int i = 0; i < DRAFTS_MOST; i++) {
        size_t at[DRAFTS_LONGEST];
        for (int k = 0; k < d->length[i]; k++) at[k] = (size_t)(i * DRAFTS_ROW + DRAFTS_BEFORE + k);
        judge->rule->predict(judge->state, (struct lab_places){d->ids, d->length[i], at}, row);
        for (int k = 0; k < d->length[i]; k++)
            p[i * DRAFTS_LONGEST + k] = row[k * V + d->ids[at[k]]];
    }
    free(row);
}
