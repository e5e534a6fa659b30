package dev.sharegpt4v.server.batch;

/**
 * What clients may leave on the disk.
 *
 * @param maxBytes of all files together; the results of batches are written also beyond
 * @param maxFiles kept at one time
 * @param maxLineBytes of one line of a batch
 * @param maxLines of one batch
 * @param maxUnfinished batches that wait or run at one time
 */
public record DataLimits(long maxBytes, int maxFiles, int maxLineBytes, int maxLines, int maxUnfinished) {

    /** Lines as at OpenAI. */
    public static final int MOST_LINES = 50_000;

    /** So many bytes of files, whose lines may be as large as the body of a request. */
    public static DataLimits of(long maxBytes, long maxBodyBytes) {
        return new DataLimits(maxBytes, 50_000, (int) Math.min(Integer.MAX_VALUE - 8, maxBodyBytes), MOST_LINES, 100);
    }
}
