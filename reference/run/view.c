#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "tensor.h"

// numbers reads whole numbers until the end of the text or a ';', at most TENSOR_RANK of them;
// returns how many, or -1.
static int numbers(const char *text, int *number)
{
    for (int n = 0;; n++) {
        text += strspn(text, " ");
        if (*text == 0 || *text == ';') return n;
        char *end;
        long value = strtol(text, &end, 10);
        if (end == text || !strchr(" ;", *end) || n == TENSOR_RANK) return -1;
        if (value < -VIEW_MOST || value > VIEW_MOST) return -1;
        number[n] = (int)value;
        text = end;
    }
}

// is_shape says whether n sizes can be a view's.
static int is_shape(int n, const int *size)
{
    int room = VIEW_MOST;
    for (int i = 0; i < n; i++) {
        if (size[i] < 1 || size[i] > room) return 0;
        room /= size[i];
    }
    return n >= 0;
}

static int is_index(struct tensor x, int n, const int *index)
{
    for (int d = 0; d < n; d++) {
        if (d >= x.rank || index[d] < 0 || index[d] >= x.shape[d]) return 0;
    }
    return n == x.rank;
}

static int is_slice(struct tensor x, int n, const int *a)
{
    if (n != 4 || a[0] < 0 || a[0] >= x.rank || a[2] < 1 || a[3] == 0) return 0;
    long last = a[1] + (long)a[3] * (a[2] - 1);
    int size = x.shape[a[0]];
    return a[1] >= 0 && a[1] < size && last >= 0 && last < size;
}

static int is_broadcast(struct tensor x, int n, const int *size)
{
    if (!is_shape(n, size) || n < x.rank) return 0;
    for (int d = 0; d < x.rank; d++) {
        if (x.shape[d] != 1 && x.shape[d] != size[n - x.rank + d]) return 0;
    }
    return 1;
}

static int is_reshape(struct tensor x, int n, const int *size)
{
    int product = 1;
    for (int i = 0; i < n; i++) product *= size[i];
    return tensor_is_contiguous(x) && product == tensor_size(x);
}

static void print_list(const char *name, int n, const int *number, FILE *out)
{
    fprintf(out, "%s(", name);
    for (int i = 0; i < n; i++) fprintf(out, "%s%d", i ? ", " : "", number[i]);
    fputc(')', out);
}

// print prints a view as a table; of more than two dimensions, a table after the other.
static void print(struct tensor x, const float *memory, FILE *out)
{
    print_list("shape ", x.rank, x.shape, out);
    print_list(", strides ", x.rank, x.stride, out);
    fprintf(out, ", from %td%s\n", x.data - memory, tensor_is_contiguous(x) ? ", contiguous" : "");
    int index[TENSOR_RANK] = {0}, more;
    do {
        fprintf(out, "%4.0f", (double)*tensor_at(x, index));
        more = tensor_next(x, index);
        int row = x.rank == 0 || index[x.rank - 1] == 0;
        int table = x.rank > 2 && index[x.rank - 2] == 0;
        if (row) fputs(more && table ? "\n\n" : "\n", out);
    } while (more);
}

// change does one word with the view, except `at`; returns 0 if it cannot.
static int change(const char *word, int n, const int *a, struct tensor *x)
{
    int two = n == 2 && a[0] >= 0 && a[0] < x->rank && a[1] >= 0 && a[1] < x->rank;
    if (strcmp(word, "transpose") == 0 && two)
        *x = tensor_transpose(*x, a[0], a[1]);
    else if (strcmp(word, "slice") == 0 && is_slice(*x, n, a))
        *x = tensor_slice(*x, a[0], a[1], a[2], a[3]);
    else if (strcmp(word, "broadcast") == 0 && is_broadcast(*x, n, a))
        *x = tensor_broadcast(*x, n, a);
    else if (strcmp(word, "reshape") == 0 && is_shape(n, a) && is_reshape(*x, n, a))
        *x = tensor_reshape(*x, n, a);
    else
        return 0;
    return 1;
}

// follow does all words, one after the other, and prints unless out is NULL.
static enum err follow(struct tensor x, const char *words, FILE *out, struct error *e)
{
    const float *memory = x.data;
    if (out) print(x, memory, out);
    for (words += strspn(words, "; "); *words; words += strspn(words, "; ")) {
        char word[16] = "";
        int number[TENSOR_RANK], all = (int)strcspn(words, ";");
        size_t size = strcspn(words, " ;");
        if (size < sizeof word) memcpy(word, words, size);
        int n = numbers(words + size, number);
        int at = strcmp(word, "at") == 0 && is_index(x, n, number);
        if (n < 0 || (!at && !change(word, n, number, &x)))
            return error_set(e, ERR_VALUE, "'%.*s': cannot be done with that view", all, words);
        if (out) fprintf(out, "\n%.*s: ", all, words);
        if (out && at) print_list("element ", n, number, out);
        if (out && at) fprintf(out, " stands at %td\n", tensor_at(x, number) - memory);
        if (out && !at) print(x, memory, out);
        words += all;
    }
    return ERR_NONE;
}

enum err view_print(const char *shape, const char *words, FILE *out, struct error *e)
{
    int number[TENSOR_RANK], n = numbers(shape, number);
    if (!is_shape(n, number))
        return error_set(e, ERR_VALUE, "shape '%s': expected at most %d sizes, such as '2 3'",
                         shape, TENSOR_RANK);
    float *memory = malloc(VIEW_MOST * sizeof *memory);
    if (!memory) die("out of memory: %d floats", VIEW_MOST);
    for (int i = 0; i < VIEW_MOST; i++) memory[i] = (float)i;
    struct tensor x = tensor_of(n, number, memory);
    enum err code = follow(x, words, NULL, e);
    if (!code) follow(x, words, out, e);
    free(memory);
    return code;
}
