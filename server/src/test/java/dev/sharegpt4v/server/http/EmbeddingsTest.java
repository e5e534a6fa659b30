package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Vectors are means of rows; the scripted rows of tokens and pictures are known. */
final class EmbeddingsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROWS = 81;
    private static final String PICTURE = Pictures.dataUri(Pictures.png(1));

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");
    private static final int WIDTH = SERVER.engine().shape().hiddenSize();

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aTextIsTheMeanOfItsTokensRows() {
        int[] ids = SERVER.tokenizer().encode("a red circle");
        double[] expected = new double[WIDTH];
        for (int id : ids) {
            float[] row = ScriptedServer.embedding(id, WIDTH);
            for (int i = 0; i < WIDTH; i++) {
                expected[i] += row[i] / ids.length;
            }
        }
        JsonNode answer = ok(body("a red circle").put("normalize", false));
        assertThat(answer.path("object").asText()).isEqualTo("list");
        assertThat(answer.path("model").asText()).isEqualTo(ScriptedServer.MODEL);
        assertThat(answer.at("/data/0/object").asText()).isEqualTo("embedding");
        assertThat(answer.path("usage"))
                .isEqualTo(
                        JSON.createObjectNode().put("prompt_tokens", ids.length).put("total_tokens", ids.length));
        float[] vector = vector(answer, 0);
        assertThat(vector).hasSize(WIDTH);
        for (int i = 0; i < WIDTH; i++) {
            assertThat((double) vector[i]).isCloseTo(expected[i], within(1e-3));
        }
    }

    @Test
    void vectorsHaveLengthOneUnlessTheMeanIsWanted() {
        double squares = 0;
        for (float value : vector(ok(body("a red circle")), 0)) {
            squares += value * value;
        }
        assertThat(squares).isCloseTo(1, within(1e-5));
    }

    @Test
    void idsAreTakenAsTheyAre() {
        int[] ids = SERVER.tokenizer().encode("a red circle");
        ObjectNode body = body("");
        ArrayNode one = body.putArray("input");
        for (int id : ids) {
            one.add(id);
        }
        assertThat(vector(ok(body), 0)).isEqualTo(vector(ok(body("a red circle")), 0));
        ObjectNode several = body("");
        several.putArray("input").add(one).add(one);
        JsonNode answer = ok(several);
        assertThat(vector(answer, 1)).isEqualTo(vector(answer, 0));
        assertThat(answer.at("/data/1/index").asInt()).isEqualTo(1);
    }

    @Test
    void aPictureIsTheMeanOfItsFeaturesInEveryForm() {
        float[] plain = vector(ok(body(PICTURE)), 0);
        ObjectNode object = body("");
        object.putArray("input").addObject().put("image", PICTURE);
        ObjectNode messages = Requests.about("", PICTURE);
        ((ArrayNode) messages.at("/messages/0/content")).remove(1);
        messages.remove("temperature");
        JsonNode answer = ok(messages);
        assertThat(vector(answer, 0)).isEqualTo(plain);
        assertThat(vector(ok(object), 0)).isEqualTo(plain);
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(ROWS);
    }

    @Test
    void equalPicturesHaveEqualVectorsAndOthersOthers() {
        ObjectNode body = body("").put("normalize", false);
        ArrayNode input = body.putArray("input");
        for (int number : new int[] {1, 2, 1, 3, 4, 5}) {
            input.add(Pictures.dataUri(Pictures.png(number)));
        }
        JsonNode answer = ok(body);
        assertThat(answer.path("data")).hasSize(6);
        assertThat(vector(answer, 0)).isEqualTo(vector(answer, 2)).isNotEqualTo(vector(answer, 1));
    }

    @Test
    void wordsAndAPictureTogetherAreOneMean() {
        ObjectNode body = body("");
        body.putArray("input").addObject().put("image", PICTURE).put("text", "a red circle");
        int tokens = SERVER.tokenizer().encode("a red circle").length;
        assertThat(ok(body).at("/usage/prompt_tokens").asInt()).isEqualTo(ROWS + tokens);
    }

    @Test
    void base64HoldsTheSameNumbers() {
        JsonNode answer = ok(body("a red circle").put("encoding_format", "base64"));
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder()
                        .decode(answer.at("/data/0/embedding").asText()))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] vector = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(vector);
        assertThat(vector).isEqualTo(vector(ok(body("a red circle")), 0));
    }

    @Test
    void theNumberOfChannelsMayBeNamedAndNotChanged() {
        assertThat(vector(ok(body("a").put("dimensions", WIDTH)), 0)).hasSize(WIDTH);
        ErrorAnswer.is(
                SERVER.post("/v1/embeddings", body("a").put("dimensions", WIDTH + 1)),
                400,
                "invalid_value",
                "dimensions");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{};                                        missing_required_parameter; input",
                "{\"input\":\"\"};                          invalid_value;              input",
                "{\"input\":[\"a\",\"\"]};                  invalid_value;              input[1]",
                "{\"input\":[]};                            empty_array;                input",
                "{\"input\":[[]]};                          invalid_value;              input[0]",
                "{\"input\":7};                             invalid_type;               input",
                "{\"input\":[\"a\",7]};                     invalid_type;               input[1]",
                "{\"input\":[1,1000000]};                   integer_out_of_range;       input[1]",
                "{\"input\":[{}]};                          missing_required_parameter; input[0].image",
                "{\"input\":[{\"picture\":\"a\"}]};         unknown_parameter;          input[0].picture",
                "{\"input\":[{\"image\":\"file:///a\"}]};   invalid_image_url;          input[0].image",
                "{\"input\":\"a\",\"messages\":[]};         invalid_value;              input",
                "{\"input\":\"a\",\"encoding_format\":\"hex\"}; invalid_value;         encoding_format",
                "{\"input\":\"a\",\"colour\":1};            unknown_parameter;          colour",
            })
    void whatIsWrongIsNamed(String body, String code, String param) {
        ErrorAnswer.is(SERVER.post("/v1/embeddings", body), 400, code, param);
    }

    private static ObjectNode body(String input) {
        return JSON.createObjectNode().put("model", ScriptedServer.MODEL).put("input", input);
    }

    private static JsonNode ok(ObjectNode body) {
        Response answer = SERVER.post("/v1/embeddings", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }

    private static float[] vector(JsonNode answer, int index) {
        JsonNode numbers = answer.at("/data/" + index + "/embedding");
        float[] vector = new float[numbers.size()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.path(i).floatValue();
        }
        return vector;
    }
}
