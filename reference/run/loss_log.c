#include "loss_log.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"

static const char NAME[] = "loss.tsv";

// kept_length returns how many bytes of text are lines of steps up to `step`.
static size_t kept_length(const char *text, int step)
{
    const char *line = text, *end;
    while ((end = strchr(line, '\n')) && (*line == '#' || strtol(line, NULL, 10) <= step))
        line = end + 1;
    return (size_t)(line - text);
}

// keep rewrites the file with its lines up to `step`.
static enum err keep(const char *path, int step, struct error *e)
{
    char *text;
    size_t size;
    enum err code = file_read(path, &text, &size, e);
    if (code) return code;
    struct output *o;
    code = output_open(path, &o, e);
    if (!code) {
        output_write(o, text, kept_length(text, step));
        code = output_commit(o, e);
    }
    free(text);
    return code;
}

static enum err begin(const char *path, double floor, struct error *e)
{
    struct output *o;
    enum err code = output_open(path, &o, e);
    if (code) return code;
    if (isnan(floor))
        output_print(o, "# floor unknown\n");
    else
        output_print(o, "# floor %.6f\n", floor);
    output_print(o, "# step\ttrain\tval\t(bits per byte)\n");
    return output_commit(o, e);
}

enum err loss_log_open(const char *dir, int step, double floor, struct loss_log *log,
                       struct error *e)
{
    char *path = file_path(dir, NAME);
    int fresh = step == 0 || !file_exists(path);
    enum err code = fresh ? begin(path, floor, e) : keep(path, step, e);
    FILE *f = code ? NULL : fopen(path, "a");
    if (!code && !f) code = error_set(e, ERR_IO, "%s: cannot append: %s", path, strerror(errno));
    if (code)
        free(path);
    else
        *log = (struct loss_log){f, path};
    return code;
}

void loss_log_add(struct loss_log *log, int step, double train, double val)
{
    fprintf(log->file, "%d\t%.5f\t", step, train);
    if (isnan(val))
        fputs("-\n", log->file);
    else
        fprintf(log->file, "%.5f\n", val);
}

void loss_log_flush(struct loss_log *log)
{
    if (fflush(log->file) == 0) fsync(fileno(log->file));
}

enum err loss_log_close(struct loss_log *log, struct error *e)
{
    int failed = ferror(log->file);
    failed |= fclose(log->file) != 0;
    enum err code = ERR_NONE;
    if (failed)
        code = error_set(e, ERR_IO, "%s: a line could not be written; the checkpoint is whole",
                         log->path);
    free(log->path);
    return code;
}
