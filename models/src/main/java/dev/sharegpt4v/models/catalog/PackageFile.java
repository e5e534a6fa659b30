package dev.sharegpt4v.models.catalog;

/**
 * A file of a package.
 *
 * @param name inside the package folder, without any separator
 * @param bytes its size
 * @param sha256 its digest in lower-case hexadecimal
 */
public record PackageFile(String name, long bytes, String sha256) {}
