// json: what we need around jansson, which parses and holds JSON.
// Source: RFC 8259.
#ifndef GPT_JSON_H
#define GPT_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "error.h"
#include "file.h"

// json_read parses the file at path into *root, which the caller gives back with json_decref.
//   ERR_IO      path cannot be read
//   ERR_FORMAT  it is not JSON, or an object has a key twice; names line and byte offset
enum err json_read(const char *path, json_t **root, struct error *e);

// json_write_part appends text[0..size), which must be UTF-8, as a part of a JSON string: escaped,
// without the quotation marks around it.  The same text gives the same bytes with any version of
// jansson.
void json_write_part(struct output *o, size_t size, const char *text);

#endif
