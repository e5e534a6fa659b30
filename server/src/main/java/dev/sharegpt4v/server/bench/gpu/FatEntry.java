package dev.sharegpt4v.server.bench.gpu;

/**
 * Code for one architecture in a fat binary.
 *
 * @param portable whether it is PTX, which a driver can compile for newer GPUs, and not machine code
 * @param architecture that it was made for
 * @param from where its content begins in the file
 * @param bytes of its content
 */
record FatEntry(boolean portable, Architecture architecture, long from, long bytes) {}
