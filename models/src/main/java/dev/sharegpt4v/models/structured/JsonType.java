package dev.sharegpt4v.models.structured;

/** The kinds of JSON values; a whole number is a number. */
enum JsonType {
    NULL,
    BOOLEAN,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT
}
