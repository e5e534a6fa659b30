package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sharegpt4v.server.openai.ApiException;
import java.util.Set;

/** Answers the lines of batches as the server's routes answer requests. */
public interface LineRoutes {

    /** Paths that a batch may ask. */
    Set<String> endpoints();

    /** The request of a line, which is not sent yet. */
    Call call(String endpoint, JsonNode body);

    /** One request. */
    interface Call {

        /**
         * Sends it and waits.
         *
         * @return the body of an answer of status 200
         * @throws ApiException any other answer; 499 after {@link #cancel()}
         */
        JsonNode answer() throws InterruptedException;

        /** Ends it, at once if it is not sent yet; from any thread. */
        void cancel();
    }
}
