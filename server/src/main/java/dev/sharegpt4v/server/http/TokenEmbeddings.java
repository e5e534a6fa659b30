package dev.sharegpt4v.server.http;

/** The decoder's own embeddings of tokens. */
public interface TokenEmbeddings {

    /** The row of a token of the vocabulary, as wide as a row of image features. */
    float[] row(int token);
}
