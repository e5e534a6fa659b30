package dev.sharegpt4v.server.batch;

/**
 * Why a batch cannot run.
 *
 * @param code in the API's terms
 * @param message for people
 * @param param the member at fault; empty when it is the whole line
 * @param line of the input file, from 1; 0 when it is the whole file
 */
record BatchError(String code, String message, String param, int line) {

    BatchError {
        if (line < 0) {
            throw new IllegalArgumentException("line " + line);
        }
    }
}
