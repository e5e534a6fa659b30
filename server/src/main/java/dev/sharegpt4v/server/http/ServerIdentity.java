package dev.sharegpt4v.server.http;

/**
 * What a server says of itself, whatever its models.
 *
 * @param version of the program
 * @param started seconds since 1970
 */
public record ServerIdentity(String version, long started) {}
