// dataset: a text in two parts, wherever it comes from.
#include "dataset.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/dataset-XXXXXX";

// Names are looked for in the working directory.
static void begin(void)
{
    cr_assert_not_null(mkdtemp(directory));
    cr_assert_eq(chdir(directory), 0);
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    cr_assert_eq(system(command), 0);
}

TestSuite(dataset, .init = begin, .fini = end);

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *f = fopen(path, "wb");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(bytes, 1, size, f), size);
    cr_assert_eq(fclose(f), 0);
}

static void write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

static struct dataset read_set(const char *name)
{
    struct dataset d;
    struct error e = {.text = ""};
    cr_assert_eq(dataset_read(name, &d, &e), ERR_NONE, "%s", e.text);
    return d;
}

// refused checks that a name is refused with that code and words, and that out is left alone.
static void refused(const char *name, enum err code, const char *words)
{
    struct dataset d, before;
    memset(&d, 0x5A, sizeof d);
    before = d;
    struct error e = {0};
    cr_assert_eq(dataset_read(name, &d, &e), code, "%s", name);
    cr_assert_eq(e.code, code);
    cr_assert(strstr(e.text, words), "%s", e.text);
    cr_assert_eq(memcmp(&d, &before, sizeof d), 0, "the output was touched");
    cr_assert_eq(dataset_read(name, &d, NULL), code);
}

Test(dataset, a_file_is_split_at_nine_tenths_between_two_characters)
{
    // Characters of 1 to 4 bytes, so that each kind of byte comes at the cut of some size.
    static const char *const character[] = {"a", "é", "語", "😀", "b", "\n", "я", "€"};
    char text[200] = "";
    size_t moved = 0;
    for (int n = 0; strlen(text) < 150; n++) {
        strcat(text, character[n % 8]);
        size_t size = strlen(text);
        if (size < 12) continue;
        write_text("file", text);
        struct dataset d = read_set("file");
        size_t cut = d.train.size, tenth = size * 9 / 10;
        cr_assert(cut <= tenth && cut + 3 >= tenth, "%zu bytes: cut at %zu", size, cut);
        for (size_t at = cut + 1; at <= tenth; at++) {
            cr_assert_eq((unsigned char)text[at] & 0xC0, 0x80, "%zu bytes: cut at %zu", size, cut);
        }
        cr_assert_neq((unsigned char)text[cut] & 0xC0, 0x80, "cut inside of a character");
        moved += cut < tenth;
        cr_assert_eq(cut + d.val.size, size);
        cr_assert(memcmp(d.train.bytes, text, cut) == 0 && d.train.bytes[cut] == 0);
        cr_assert_str_eq(d.val.bytes, text + cut);
        cr_assert(isnan(d.train.floor) && isnan(d.val.floor));
        cr_assert(d.train.begin == 0 && d.val.begin == cut);
        cr_assert(strcmp(d.train.path, "file") == 0 && strcmp(d.val.path, "file") == 0);
        dataset_free(&d);
        cr_assert(d.train.bytes == NULL && d.val.bytes == NULL);
    }
    cr_assert_gt(moved, 10);
}

Test(dataset, bytes_that_are_no_utf8_are_split_at_nine_tenths)
{
    char bytes[100];
    memset(bytes, 0x80, sizeof bytes);
    for (size_t size = 2; size <= sizeof bytes; size++) {
        write_bytes("file", bytes, size);
        struct dataset d = read_set("file");
        cr_assert_eq(d.train.size, size * 9 / 10, "%zu bytes", size);
        cr_assert_eq(d.train.size + d.val.size, size);
        cr_assert(d.train.size && d.val.size);
        dataset_free(&d);
    }
    memset(bytes, 0, sizeof bytes);
    write_bytes("file", bytes, sizeof bytes);
    struct dataset d = read_set("file");
    cr_assert(d.train.size == 90 && d.val.size == 10, "zero bytes count");
    dataset_free(&d);
}

Test(dataset, a_text_too_small_to_split_is_refused)
{
    write_text("file", "");
    refused("file", ERR_VALUE, "file: 0 bytes");
    write_text("file", "x");
    refused("file", ERR_VALUE, "file: 1 bytes");
    write_text("file", "xy");
    struct dataset d = read_set("file");
    cr_assert(d.train.size == 1 && d.val.size == 1);
    dataset_free(&d);
}

static void make_directory(const char *dir, const char *train, const char *val)
{
    char path[80];
    mkdir(dir, 0777);
    snprintf(path, sizeof path, "%s/train.txt", dir);
    if (train) write_text(path, train);
    snprintf(path, sizeof path, "%s/val.txt", dir);
    if (val) write_text(path, val);
}

Test(dataset, a_directory_has_its_own_parts)
{
    make_directory("d", "to train", "val");
    struct dataset d = read_set("d");
    cr_assert_str_eq(d.train.bytes, "to train");
    cr_assert_str_eq(d.val.bytes, "val");
    cr_assert(d.train.size == 8 && d.val.size == 3 && d.train.begin == 0 && d.val.begin == 0);
    cr_assert_str_eq(d.train.path, "d/train.txt");
    cr_assert_str_eq(d.val.path, "d/val.txt");
    cr_assert(isnan(d.train.floor) && isnan(d.val.floor));
    dataset_free(&d);
    write_text("d/floor.json", "{\"train\": {\"bits\": 12.0, \"bytes\": 8}, \"more\": 1,"
                               " \"val\": {\"bits\": 6, \"bytes\": 3}}");
    d = read_set("d");
    cr_assert(d.train.floor == 1.5 && d.val.floor == 2.0, "%g %g", d.train.floor, d.val.floor);
    dataset_free(&d);
}

Test(dataset, a_floor_that_is_not_one_is_refused)
{
    static const struct {
        const char *json;
        enum err code;
        const char *words;
    } bad[] = {
        {"", ERR_FORMAT, "d/floor.json"},
        {"{", ERR_FORMAT, "d/floor.json"},
        {"[]", ERR_FORMAT, "\"train\""},
        {"{}", ERR_FORMAT, "\"train\""},
        {"{\"train\": {\"bits\": 1, \"bytes\": 8}}", ERR_FORMAT, "\"val\""},
        {"{\"train\": {\"bytes\": 8}, \"val\": {\"bits\": 1, \"bytes\": 3}}", ERR_FORMAT,
         "\"bits\""},
        {"{\"train\": {\"bits\": \"1\", \"bytes\": 8}, \"val\": {\"bits\": 1, \"bytes\": 3}}",
         ERR_FORMAT, "\"train\""},
        {"{\"train\": {\"bits\": -1, \"bytes\": 8}, \"val\": {\"bits\": 1, \"bytes\": 3}}",
         ERR_FORMAT, "\"train\""},
        {"{\"train\": {\"bits\": 1, \"bytes\": 8.0}, \"val\": {\"bits\": 1, \"bytes\": 3}}",
         ERR_FORMAT, "\"bytes\""},
        {"{\"train\": {\"bits\": 1, \"bytes\": 9}, \"val\": {\"bits\": 1, \"bytes\": 3}}",
         ERR_MATCH, "\"train\" has 9 bytes, its text 8"},
        {"{\"train\": {\"bits\": 1, \"bytes\": 8}, \"val\": {\"bits\": 1, \"bytes\": -3}}",
         ERR_MATCH, "\"val\" has -3 bytes, its text 3"},
    };
    make_directory("d", "to train", "val");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_text("d/floor.json", bad[i].json);
        refused("d", bad[i].code, bad[i].words);
    }
    cr_assert(unlink("d/floor.json") == 0 && mkdir("d/floor.json", 0777) == 0);
    refused("d", ERR_IO, "d/floor.json");
}

Test(dataset, a_directory_without_a_part_is_refused)
{
    make_directory("d", NULL, "val");
    refused("d", ERR_IO, "d/train.txt");
    write_text("d/train.txt", "");
    refused("d", ERR_VALUE, "d/train.txt: 0 bytes");
    write_text("d/train.txt", "x");
    unlink("d/val.txt");
    refused("d", ERR_IO, "d/val.txt");
    write_text("d/val.txt", "");
    refused("d", ERR_VALUE, "d/val.txt: 0 bytes");
}

Test(dataset, a_name_is_a_file_then_a_directory_of_datasets)
{
    refused("name", ERR_IO, "name: no such file or directory, and no datasets/name either");
    refused("./name", ERR_IO, "./name: cannot open");
    mkdir("datasets", 0777);
    write_text("datasets/name", "a file there is no data set");
    refused("name", ERR_IO, "datasets/name");
    unlink("datasets/name");
    make_directory("datasets/name", "of datasets", "v");
    struct dataset d = read_set("name");
    cr_assert_str_eq(d.train.bytes, "of datasets");
    dataset_free(&d);
    write_text("name", "here first");
    d = read_set("name");
    cr_assert_str_eq(d.train.bytes, "here firs");
    dataset_free(&d);
}

Test(dataset, a_message_about_a_part_names_its_file_and_place)
{
    write_text("file", "0123456789");
    struct dataset d = read_set("file");
    struct error e;
    error_set(&e, ERR_UTF8, "byte 0: bad");
    cr_assert_eq(dataset_in(&e, ERR_UTF8, &d.train), ERR_UTF8);
    cr_assert_str_eq(e.text, "file: byte 0: bad");
    error_set(&e, ERR_UTF8, "byte 0: bad");
    cr_assert_eq(dataset_in(&e, ERR_UTF8, &d.val), ERR_UTF8);
    cr_assert_str_eq(e.text, "file: from byte 9 on: byte 0: bad");
    cr_assert_eq(dataset_in(&e, ERR_NONE, &d.val), ERR_NONE);
    cr_assert_str_eq(e.text, "file: from byte 9 on: byte 0: bad", "no error, no change");
    dataset_free(&d);
}
