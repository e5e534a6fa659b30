package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.batch.BatchOrder;
import dev.sharegpt4v.server.batch.Batches;
import dev.sharegpt4v.server.openai.BatchRequest;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;

/** {@code /v1/batches}: many requests in one file, in OpenAI's shape. */
final class BatchesEndpoints {

    private static final int USUALLY_LISTED = 20;
    private static final int MOST_LISTED = 100;

    private final Batches batches;
    private final HttpLimits limits;
    private final AdmissionGate gate;

    BatchesEndpoints(Batches batches, HttpLimits limits, AdmissionGate gate) {
        this.batches = batches;
        this.limits = limits;
        this.gate = gate;
    }

    void order(ServerRequest request, ServerResponse response) {
        try (AdmissionGate.Place _ = gate.enter()) {
            BatchRequest asked = BatchRequest.read(
                    RequestBody.json(request, limits.maxBodyBytes()), batches.endpoints(), BatchOrder.WINDOW);
            BatchOrder order = new BatchOrder(
                    asked.inputFile(),
                    asked.endpoint(),
                    asked.metadata(),
                    asked.outputExpiresAfter(),
                    KeyCheck.caller());
            Answers.json(response, 200, batches.order(order));
        }
    }

    void list(ServerRequest request, ServerResponse response) {
        Page page = Page.of(request.query(), USUALLY_LISTED, MOST_LISTED);
        Answers.json(response, 200, page.list(batches.list(KeyCheck.caller())));
    }

    void describe(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, batches.find(id(request), KeyCheck.caller()));
    }

    void cancel(ServerRequest request, ServerResponse response) {
        Answers.json(response, 200, batches.cancel(id(request), KeyCheck.caller()));
    }

    private static String id(ServerRequest request) {
        return request.path().pathParameters().get("batch_id");
    }
}
