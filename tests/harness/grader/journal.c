#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "print.h"

static const char FIRST[] = "# My journal\n\n"
                            "What I predicted, what it was, and what I want to know.\n";

// lacks_newline says whether the file's last byte is another than a newline.
static int lacks_newline(int fd, off_t size)
{
    char last = '\n';
    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

enum err journal_add(const char *mine, const char *text, struct error *e)
{
    struct arena *a = arena_new();
    const char *path = print_text(a, "%s/journal.md", mine);
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND, 0666), failed = fd < 0 ? errno : 0;
    if (!failed) {
        off_t size = lseek(fd, 0, SEEK_END);
        const char *before = size == 0 ? FIRST : lacks_newline(fd, size) ? "\n" : "";
        const char *all = print_text(a, "%s%s", before, text);
        errno = ENOSPC;
        if (write(fd, all, strlen(all)) != (ssize_t)strlen(all)) failed = errno;
        if (close(fd) != 0 && !failed) failed = errno;
    }
    enum err code = ERR_NONE;
    if (failed) code = error_set(e, ERR_IO, "%s: cannot append: %s", path, strerror(failed));
    arena_free(a);
    return code;
}
