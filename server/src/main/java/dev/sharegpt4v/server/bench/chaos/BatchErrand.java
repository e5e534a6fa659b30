package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** What a client asks of a file of lines that was just uploaded: a batch, how it is, half of the time its end, and no file. */
final class BatchErrand {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpText http;
    private final Caller caller;
    private final MutationTally tally;

    BatchErrand(HttpText http, Caller caller, MutationTally tally) {
        this.http = http;
        this.caller = caller;
        this.tally = tally;
    }

    void go(long number, Answer uploaded) throws IOException {
        String file = id(uploaded);
        SplittableRandom random = new SplittableRandom(number);
        String create = "{\"input_file_id\":\"" + file
                + "\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}";
        Answer created = ask(number, "POST", "/v1/batches", "", create);
        if (created.status() == 200) {
            String batch = "/" + id(created);
            ask(number, "GET", "/v1/batches", batch, "");
            if (random.nextBoolean()) {
                ask(number, "POST", "/v1/batches", batch + "/cancel", "");
            }
            ask(number, "GET", "/v1/files", "/" + file + "/content", "");
            if (random.nextBoolean()) {
                ask(number, "GET", "/v1/batches", "?limit=" + random.nextInt(1, 101), "");
            }
        }
        ask(number, "DELETE", "/v1/files", "/" + file, "");
    }

    private static String id(Answer answer) throws IOException {
        JsonNode id = JSON.readTree(answer.body()).path("id");
        if (!id.isTextual()) {
            throw new IOException("no id in " + answer.body());
        }
        return id.asText();
    }

    private Answer ask(long number, String method, String route, String rest, String body) throws IOException {
        byte[] request = http.request(
                method, route + rest, body.isEmpty() ? "" : "application/json", body.getBytes(StandardCharsets.UTF_8));
        caller.send(request, request.length);
        Answer answer = caller.receive().readAll();
        tally.answered(number, Mutant.of(Mutant.Kind.BATCH, route, request), answer);
        return answer;
    }
}
