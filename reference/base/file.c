#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// io_failure returns errno, or EIO where the library left none.
static int io_failure(void)
{
    return errno ? errno : EIO;
}

// flush_disk asks for what was written to fd to be on the disk.  fsync on macOS leaves it in the
// drive's own memory.
static int flush_disk(int fd)
{
#ifdef F_FULLFSYNC
    if (fcntl(fd, F_FULLFSYNC) == 0) return 0;
#endif
    return fsync(fd);
}

struct output {
    FILE *file;
    char *path, *temporary;
    int failed;  // errno of the first failure
};

// join returns a + b + c in memory from malloc.
static char *join(const char *a, const char *b, const char *c)
{
    size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
    char *s = malloc(n);
    if (!s) die("out of memory: a path of %zu bytes", n);
    snprintf(s, n, "%s%s%s", a, b, c);
    return s;
}

static enum err io_error(struct error *e, const char *path, const char *what, int code)
{
    return error_set(e, ERR_IO, "%s: cannot %s: %s", path, what, strerror(code));
}

char *file_path(const char *dir, const char *name)
{
    return join(dir, "/", name);
}

int file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

int file_is_directory(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISDIR(s.st_mode);
}

// read_all reads to the end of f, whose size is not known when it is a pipe.
static int read_all(FILE *f, char **bytes, size_t *size)
{
    size_t n = 0, room = 1 << 16;
    char *buffer = malloc(room + 1);
    if (!buffer) die("out of memory: %zu bytes of a file", room);
    size_t got;
    while ((got = fread(buffer + n, 1, room - n, f)) > 0) {
        n += got;
        if (n < room) continue;
        room *= 2;
        char *grown = realloc(buffer, room + 1);
        if (!grown) die("out of memory: %zu bytes of a file", room);
        buffer = grown;
    }
    if (ferror(f)) {
        int code = errno;
        free(buffer);
        return code;
    }
    buffer[n] = 0;
    *bytes = buffer, *size = n;
    return 0;
}

enum err file_read(const char *path, char **bytes, size_t *size, struct error *e)
{
    FILE *f = fopen(path, "rb");
    if (!f) return io_error(e, path, "open", errno);
    int code = read_all(f, bytes, size);
    fclose(f);
    return code ? io_error(e, path, "read", code) : ERR_NONE;
}

enum err file_map(const char *path, void **bytes, size_t *size, struct error *e)
{
    // Not blocking, or a pipe without a writer would hold us here.
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), failed = 0;
    if (fd < 0) return io_error(e, path, "open", errno);
    struct stat s;
    void *map = NULL;
    if (fstat(fd, &s) != 0)
        failed = errno;
    else if (!S_ISREG(s.st_mode))
        failed = S_ISDIR(s.st_mode) ? EISDIR : EINVAL;
    else if (s.st_size)
        map = mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (map == MAP_FAILED) failed = errno;
    close(fd);
    if (failed) return io_error(e, path, "read, expected a file", failed);
    *bytes = map, *size = (size_t)s.st_size;
    return ERR_NONE;
}

void file_unmap(void *bytes, size_t size)
{
    if (bytes) munmap(bytes, size);
}

enum err file_make_directory(const char *path, struct error *e)
{
    if (!*path) return io_error(e, path, "create directory", ENOENT);
    char *prefix = join(path, "", "");
    for (char *p = prefix + 1;; p++) {
        if (*p != '/' && *p != 0) continue;
        char kept = *p;
        *p = 0;
        if (mkdir(prefix, 0777) != 0 && errno != EEXIST) break;
        *p = kept;
        if (!kept) break;
    }
    int code = errno;
    free(prefix);
    if (file_is_directory(path)) return ERR_NONE;
    return io_error(e, path, "create directory", code == EEXIST ? ENOTDIR : code);
}

enum err output_open(const char *path, struct output **out, struct error *e)
{
    char *temporary = join(path, ".new", "");
    FILE *f = fopen(temporary, "wb");
    if (!f) {
        io_error(e, temporary, "create", errno);
        free(temporary);
        return ERR_IO;
    }
    struct output *o = malloc(sizeof *o);
    if (!o) die("out of memory: an output file");
    *o = (struct output){.file = f, .path = join(path, "", ""), .temporary = temporary};
    *out = o;
    return ERR_NONE;
}

void output_write(struct output *o, const void *bytes, size_t size)
{
    if (!o->failed && size && fwrite(bytes, 1, size, o->file) != size) o->failed = io_failure();
}

void output_print(struct output *o, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    if (!o->failed && vfprintf(o->file, format, ap) < 0) o->failed = io_failure();
    va_end(ap);
}

static void output_free(struct output *o)
{
    free(o->path);
    free(o->temporary);
    free(o);
}

enum err output_stage(struct output *o, struct error *e)
{
    if (!o->failed && (fflush(o->file) != 0 || flush_disk(fileno(o->file)) != 0))
        o->failed = io_failure();
    if (fclose(o->file) != 0 && !o->failed) o->failed = io_failure();
    enum err code = ERR_NONE;
    if (o->failed) {
        code = io_error(e, o->path, "write", o->failed);
        unlink(o->temporary);
    }
    output_free(o);
    return code;
}

// flush_directory makes a rename in path's directory survive a power cut.  Some file systems
// refuse to flush a directory; the rename is then as safe as they make it.
static void flush_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *dir = slash ? join(path, "", "") : join(".", "", "");
    if (slash) dir[slash == path ? 1 : slash - path] = 0;
    int fd = open(dir, O_RDONLY);
    if (fd >= 0) {
        flush_disk(fd);
        close(fd);
    }
    free(dir);
}

enum err file_remove(const char *path, struct error *e)
{
    if (unlink(path) != 0) return errno == ENOENT ? ERR_NONE : io_error(e, path, "remove", errno);
    flush_directory(path);
    return ERR_NONE;
}

enum err file_lock(const char *path, int *lock, struct error *e)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return io_error(e, path, "open", errno);
    // The lock is on the directory itself, so that it leaves no file behind.
    if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        close(fd);
        return error_set(e, ERR_IO, "%s: another process is working in it", path);
    }
    *lock = fd;
    return ERR_NONE;
}

void file_unlock(int lock)
{
    close(lock);
}

void output_withdraw(const char *path)
{
    char *temporary = join(path, ".new", "");
    unlink(temporary);
    free(temporary);
}

enum err output_publish(const char *path, struct error *e)
{
    char *temporary = join(path, ".new", "");
    int failed = rename(temporary, path) != 0 ? errno : 0;
    free(temporary);
    if (failed) return io_error(e, path, "rename the finished file to it", failed);
    flush_directory(path);
    return ERR_NONE;
}

enum err output_commit(struct output *o, struct error *e)
{
    char *path = join(o->path, "", "");
    enum err code = output_stage(o, e);
    if (!code) code = output_publish(path, e);
    free(path);
    return code;
}

void output_abandon(struct output *o)
{
    if (!o) return;
    fclose(o->file);
    unlink(o->temporary);
    output_free(o);
}
