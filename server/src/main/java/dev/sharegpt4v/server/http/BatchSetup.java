package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.batch.DataFolder;

/**
 * How files and batches are served.
 *
 * @param folder that keeps them; closed by its owner, after the frontend
 * @param linesAtOnce of all batches
 */
public record BatchSetup(DataFolder folder, int linesAtOnce) {

    public BatchSetup {
        if (linesAtOnce < 1) {
            throw new IllegalArgumentException(linesAtOnce + " lines at once");
        }
    }
}
